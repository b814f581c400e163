package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.manifest.ObjectKey;
import io.kodedeploy.namespace.manifest.OwnObjects;
import io.kodedeploy.namespace.manifest.PlannedObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Objects of an application with their status: one call a kind, however many there are. */
final class LiveObjects {
  private final KubernetesApi api;
  private final Map<String, String> query;

  LiveObjects(KubernetesApi api, String application) {
    this.api = api;
    this.query =
        Map.of(
            "labelSelector",
            OwnObjects.APPLICATION_LABEL + "=" + OwnObjects.labelValue(application));
  }

  /**
   * An object and what was found.
   *
   * @param live as the API server has it; nothing when it is gone or could not be read
   * @param problem why it could not be read, empty when it could
   */
  record Found(PlannedObject object, Optional<JsonNode> live, String problem) {}

  /** Looks for objects, in their order. */
  List<Found> find(List<PlannedObject> objects) throws InterruptedException {
    var kinds = new LinkedHashMap<String, List<PlannedObject>>();
    for (var object : objects) {
      kinds
          .computeIfAbsent(object.type().path(object.key().namespace()), _ -> new ArrayList<>())
          .add(object);
    }
    var found = new HashMap<ObjectKey, Found>();
    for (var kind : kinds.entrySet()) {
      for (var each : find(kind.getKey(), kind.getValue())) {
        found.put(each.object().key(), each);
      }
    }
    return objects.stream().map(object -> found.get(object.key())).toList();
  }

  private List<Found> find(String path, List<PlannedObject> objects) throws InterruptedException {
    try {
      var byName = new HashMap<String, JsonNode>();
      if (objects.size() > 1) {
        var list = api.get(path, query);
        if (!list.denied()) {
          for (var item : list.orThrow("list " + path).path("items")) {
            byName.put(item.path("metadata").path("name").asString(""), item);
          }
        }
      }
      var found = new ArrayList<Found>();
      for (var object : objects) {
        found.add(one(object, Optional.ofNullable(byName.get(object.key().name()))));
      }
      return found;
    } catch (AgentException e) {
      if (!e.code().retryable()) {
        throw e;
      }
      return objects.stream()
          .map(object -> new Found(object, Optional.empty(), e.getMessage()))
          .toList();
    }
  }

  private Found one(PlannedObject object, Optional<JsonNode> listed) throws InterruptedException {
    if (listed.isPresent()) {
      var item = (ObjectNode) listed.get(); // items of a list do not name their kind
      item.put("apiVersion", object.type().apiVersion()).put("kind", object.type().kind());
      return new Found(object, listed, "");
    }
    var answer = api.get(object.path());
    return answer.absent()
        ? new Found(object, Optional.empty(), "")
        : new Found(object, Optional.of(answer.orThrow("read " + object.key())), "");
  }
}
