package io.kodedeploy.simulator.kubernetes.patch;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON merge patch (RFC 7396) and strategic merge patch. The given objects are not changed. */
public final class Patches {
  private static final String DIRECTIVE = "$patch";
  private static final String DELETE_FROM = "$deleteFromPrimitiveList/";

  /** The merge keys of strategic merge: one field each, unlike those of server-side apply. */
  private static final Map<String, List<String>> MERGE_KEYS =
      Map.of(
          "containers", List.of("name"),
          "initContainers", List.of("name"),
          "ephemeralContainers", List.of("name"),
          "volumes", List.of("name"),
          "env", List.of("name"),
          "imagePullSecrets", List.of("name"),
          "volumeMounts", List.of("mountPath"),
          "ports", List.of("containerPort", "port"),
          "conditions", List.of("type"),
          "ownerReferences", List.of("uid"));

  private Patches() {}

  /** RFC 7396: members replace, null removes, lists are replaced. */
  public static JsonNode merge(JsonNode target, JsonNode patch) {
    if (!(patch instanceof ObjectNode members)) {
      return patch.deepCopy();
    }
    var result = target instanceof ObjectNode object ? object.deepCopy() : members.objectNode();
    for (var property : members.properties()) {
      if (property.getValue().isNull()) {
        result.remove(property.getKey());
      } else {
        result.set(property.getKey(), merge(result.path(property.getKey()), property.getValue()));
      }
    }
    return result;
  }

  /** Like {@link #merge}, but lists with a merge key are merged item by item. */
  public static JsonNode strategic(JsonNode target, JsonNode patch) {
    if (!(patch instanceof ObjectNode members)) {
      return patch.deepCopy();
    }
    var replace = members.path(DIRECTIVE).asString("").equals("replace");
    var result =
        target instanceof ObjectNode object && !replace ? object.deepCopy() : members.objectNode();
    for (var property : members.properties()) {
      var name = property.getKey();
      var value = property.getValue();
      if (name.startsWith(DELETE_FROM)) {
        removeValues(result.path(name.substring(DELETE_FROM.length())), value);
      } else if (value.isNull()) {
        result.remove(name);
      } else if (value instanceof ArrayNode items) {
        result.set(name, mergedList(name, result.path(name), items));
      } else {
        result.set(name, strategic(result.path(name), value));
      }
    }
    // $patch was read above; $setElementOrder and $retainKeys only order and trim
    result.propertyNames().removeIf(name -> name.startsWith("$"));
    return result;
  }

  private static JsonNode mergedList(String name, JsonNode target, ArrayNode items) {
    if (name.equals("finalizers") && target instanceof ArrayNode values) {
      var union = values.deepCopy();
      items.forEach(
          item -> {
            if (union.valueStream().noneMatch(item::equals)) {
              union.add(item);
            }
          });
      return union;
    }
    var key =
        MERGE_KEYS.getOrDefault(name, List.of()).stream()
            .filter(k -> items.valueStream().allMatch(item -> item.has(k) || item.has(DIRECTIVE)))
            .findFirst();
    if (key.isEmpty() || !(target instanceof ArrayNode)) {
      return merge(target, items);
    }
    var result = (ArrayNode) target.deepCopy();
    for (var item : items) {
      if (item.path(DIRECTIVE).asString("").equals("replace")) {
        result.removeAll();
        continue;
      }
      mergeItem(result, item, key.get());
    }
    return result;
  }

  private static void mergeItem(ArrayNode list, JsonNode item, String key) {
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i).path(key).equals(item.path(key))) {
        if (item.path(DIRECTIVE).asString("").equals("delete")) {
          list.remove(i);
        } else {
          list.set(i, strategic(list.get(i), item));
        }
        return;
      }
    }
    if (!item.has(DIRECTIVE)) {
      list.add(item.deepCopy());
    }
  }

  private static void removeValues(JsonNode target, JsonNode values) {
    if (target instanceof ArrayNode list) {
      for (int i = list.size() - 1; i >= 0; i--) {
        var present = list.get(i);
        if (values.valueStream().anyMatch(present::equals)) {
          list.remove(i);
        }
      }
    }
  }
}
