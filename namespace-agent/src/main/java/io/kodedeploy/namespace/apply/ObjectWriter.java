package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.apply.Change.Action;
import io.kodedeploy.namespace.cluster.ApiAnswer;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.manifest.OwnObjects;
import io.kodedeploy.namespace.manifest.PlannedObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Server-side apply of single objects by one application: tries, compares, writes. */
final class ObjectWriter {
  private final KubernetesApi api;
  private final String application;
  private final boolean force;

  ObjectWriter(KubernetesApi api, String application, boolean force) {
    this.api = api;
    this.application = application;
    this.force = force;
  }

  /** The object as it is now, if it exists. */
  Optional<JsonNode> live(PlannedObject object) throws InterruptedException {
    var answer = api.get(object.path());
    return answer.absent() ? Optional.empty() : Optional.of(answer.orThrow("read " + object.key()));
  }

  /** What would happen: an answer of the API server, nothing is stored. */
  ApiAnswer dryRun(PlannedObject object) throws InterruptedException {
    return patch(object, true);
  }

  /** Writes. */
  Action write(PlannedObject object) throws InterruptedException {
    var answer = patch(object, false);
    if (!answer.succeeded()) {
      var refusals = new Refusals();
      refusals.add(object, answer);
      refusals.throwIfAny("after its dry run, " + object.key());
    }
    return answer.code() == 201 ? Action.CREATED : Action.CONFIGURED;
  }

  /** Whether writing would change anything, our share of the fields included. */
  boolean differs(@Nullable JsonNode live, JsonNode dryRun) {
    return live == null
        || !content(live).equals(content(dryRun))
        || !ownFields(live).equals(ownFields(dryRun));
  }

  /** The other application that an existing object carries as its label. */
  Optional<String> foreignLabel(JsonNode live) {
    var label =
        live.path("metadata").path("labels").path(OwnObjects.APPLICATION_LABEL).asString("");
    return label.isEmpty() || label.equals(OwnObjects.labelValue(application))
        ? Optional.empty()
        : Optional.of(label);
  }

  private ApiAnswer patch(PlannedObject object, boolean dryRun) throws InterruptedException {
    var query = new HashMap<String, String>();
    query.put("fieldManager", OwnObjects.fieldManager(application));
    query.put("fieldValidation", "Strict");
    query.put("force", Boolean.toString(force));
    if (dryRun) {
      query.put("dryRun", "All");
    }
    var answer =
        api.patch(object.path(), Map.copyOf(query), KubernetesApi.Patch.APPLY, object.json());
    if (answer.code() == 401) {
      throw new AgentException(
          ErrorCode.CLUSTER_DENIED, "cannot apply " + object.key() + ": " + answer.message());
    }
    return answer;
  }

  private static JsonNode content(JsonNode object) {
    var copy = (ObjectNode) object.deepCopy();
    copy.remove("status");
    if (copy.get("metadata") instanceof ObjectNode metadata) {
      metadata.remove("managedFields");
      metadata.remove("resourceVersion");
      metadata.remove("generation");
      metadata.remove("creationTimestamp");
      metadata.remove("uid");
    }
    return copy;
  }

  private String ownFields(JsonNode object) {
    for (var entry : object.path("metadata").path("managedFields")) {
      if (entry.path("manager").asString("").equals(OwnObjects.fieldManager(application))
          && entry.path("operation").asString("").equals("Apply")) {
        return entry.path("apiVersion").asString("") + entry.path("fieldsV1");
      }
    }
    return "";
  }
}
