package io.kodedeploy.namespace.apply;

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

/** The metadata of an application's objects in the cluster: one LIST a kind, without content. */
final class LiveMetadata {
  private final Map<ObjectKey, JsonNode> byKey;

  private LiveMetadata(Map<ObjectKey, JsonNode> byKey) {
    this.byKey = byKey;
  }

  /** Lists the kinds of these objects; no call when there are none. */
  static LiveMetadata of(List<PlannedObject> objects, String application, KubernetesApi api)
      throws InterruptedException {
    var query =
        Map.of(
            "labelSelector",
            OwnObjects.APPLICATION_LABEL + "=" + OwnObjects.labelValue(application));
    var oneOfAKind = new LinkedHashMap<String, PlannedObject>();
    objects.forEach(object -> oneOfAKind.putIfAbsent(path(object), object));
    var kinds = new ArrayList<>(oneOfAKind.values());
    var lists = ParallelCalls.map(kinds, kind -> api.metadata(path(kind), query));
    var byKey = new HashMap<ObjectKey, JsonNode>();
    for (var i = 0; i < kinds.size(); i++) {
      var key = kinds.get(i).key();
      var list = lists.get(i);
      if (!list.absent() && !list.denied()) { // not served yet, or no right to list: tried then
        for (var item : list.orThrow("list " + kinds.get(i).type().plural()).path("items")) {
          var metadata = item.path("metadata");
          byKey.put(
              new ObjectKey(
                  key.group(), key.kind(), key.namespace(), metadata.path("name").asString("")),
              metadata);
        }
      }
    }
    return new LiveMetadata(byKey);
  }

  /** The metadata of an object, when it exists and carries the application's label. */
  Optional<JsonNode> find(ObjectKey key) {
    return Optional.ofNullable(byKey.get(key));
  }

  private static String path(PlannedObject object) {
    return object.type().path(object.key().namespace());
  }
}
