package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.apply.Change.Action;
import io.kodedeploy.namespace.cluster.ApiAnswer;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.manifest.OwnObjects;
import io.kodedeploy.namespace.manifest.PlannedObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Server-side apply of single objects by one application: for real or as a dry run. */
final class ObjectWriter {
  private static final Duration GONE_WITHIN = Duration.ofMinutes(2);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private final KubernetesApi api;
  private final String manager;
  private final boolean force;
  private final Pause pause;

  ObjectWriter(KubernetesApi api, String application, boolean force, Pause pause) {
    this.api = api;
    this.manager = OwnObjects.fieldManager(application);
    this.force = force;
    this.pause = pause;
  }

  /**
   * What was written.
   *
   * @param live the object as the API server answered
   */
  record Written(Action action, JsonNode live) {}

  /** The object as it is now. */
  ApiAnswer read(PlannedObject object) throws InterruptedException {
    return api.get(object.path());
  }

  /** What would happen: an answer of the API server, nothing is stored. */
  ApiAnswer dryRun(PlannedObject object) throws InterruptedException {
    return patch(object, true);
  }

  /**
   * Whether the object could be created, were it not there: tried under another name, since a
   * deleted object that cannot be created again would be lost.
   */
  ApiAnswer dryRunOfCreation(PlannedObject object) throws InterruptedException {
    var copy = object.json().deepCopy();
    var metadata = (ObjectNode) copy.get("metadata");
    metadata.remove("name");
    metadata.put("generateName", "trial-");
    return api.post(object.type().path(object.key().namespace()), query(true), copy);
  }

  /**
   * Writes.
   *
   * @throws AgentException when the API server refuses what it accepted as a dry run
   */
  Written write(PlannedObject object) throws InterruptedException {
    var answer = patch(object, false);
    if (!answer.succeeded()) {
      var refusals = new Refusals();
      refusals.add(object, answer);
      refusals.throwIfAny("refused, though its dry run was not:");
    }
    return new Written(answer.code() == 201 ? Action.CREATED : Action.CONFIGURED, answer.body());
  }

  /** Deletes that very object, waits until it is gone, and creates it. */
  Written replace(PlannedObject object, String uid) throws InterruptedException {
    var options = JsonNodeFactory.instance.objectNode();
    options.put("apiVersion", "v1").put("kind", "DeleteOptions");
    options.put("propagationPolicy", "Foreground");
    options.putObject("preconditions").put("uid", uid);
    var deleted = api.delete(object.path(), options);
    if (!deleted.succeeded() && !deleted.absent()) {
      throw new AgentException(
          ErrorCode.APPLY_REFUSED, object + " cannot be replaced: " + deleted.message());
    }
    for (var waited = Duration.ZERO; ; waited = waited.plus(LOOK_EVERY)) {
      var answer = read(object);
      var metadata = answer.body().path("metadata");
      if (answer.absent() || !metadata.path("uid").asString(uid).equals(uid)) {
        return new Written(Action.REPLACED, write(object).live());
      }
      if (waited.compareTo(GONE_WITHIN) >= 0) {
        throw new AgentException(
            ErrorCode.APPLY_REFUSED,
            object
                + " was deleted to be replaced, but is not gone after "
                + GONE_WITHIN.toSeconds()
                + " s; finalizers: "
                + metadata.path("finalizers"));
      }
      pause.of(LOOK_EVERY);
    }
  }

  private ApiAnswer patch(PlannedObject object, boolean dryRun) throws InterruptedException {
    var query = new HashMap<>(query(dryRun));
    query.put("force", Boolean.toString(force || object.options().force()));
    var answer = api.patch(object.path(), query, KubernetesApi.Patch.APPLY, object.json());
    if (answer.code() == 401) {
      throw new AgentException(
          ErrorCode.CLUSTER_DENIED, "cannot apply " + object.key() + ": " + answer.message());
    }
    return answer;
  }

  /**
   * Fields are checked by the dry run; the write that follows sends the same and is not checked.
   */
  private Map<String, String> query(boolean dryRun) {
    var query = new HashMap<String, String>();
    query.put("fieldManager", manager);
    query.put("fieldValidation", dryRun ? "Strict" : "Ignore");
    if (dryRun) {
      query.put("dryRun", "All");
    }
    return query;
  }
}
