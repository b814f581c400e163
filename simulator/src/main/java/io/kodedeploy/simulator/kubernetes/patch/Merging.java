package io.kodedeploy.simulator.kubernetes.patch;

import java.util.ArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The tree operations of server-side apply. */
final class Merging {
  private Merging() {}

  /** Merges the members of {@code from} into {@code into}, which is changed. */
  static void merge(ObjectNode into, ObjectNode from, FieldSchema schema) {
    for (var property : from.properties()) {
      var member = schema.member(property.getKey());
      into.set(property.getKey(), merged(into.get(property.getKey()), property.getValue(), member));
    }
  }

  private static JsonNode merged(
      @org.jspecify.annotations.Nullable JsonNode live, JsonNode wanted, FieldSchema schema) {
    if (live instanceof ObjectNode object
        && schema.mergesMembers(wanted)
        && schema.mergesMembers(live)) {
      merge(object, (ObjectNode) wanted, schema);
      return object;
    }
    if (live instanceof ArrayNode array && schema.mergesItems(wanted)) {
      mergeItems(array, wanted, schema);
      return array;
    }
    return wanted.deepCopy();
  }

  private static void mergeItems(ArrayNode live, JsonNode wanted, FieldSchema schema) {
    for (var item : wanted) {
      var found = FieldSet.find(live, schema.elementOf(item), schema);
      if (found == null) {
        live.add(item.deepCopy());
      } else if (found instanceof ObjectNode object && item instanceof ObjectNode members) {
        merge(object, members, schema.item());
      }
    }
  }

  /**
   * Takes away what a manager applied before and does not want any more, unless another manager
   * owns it or something in it.
   */
  static void prune(
      JsonNode value, FieldSet before, FieldSet wanted, FieldSet others, FieldSchema schema) {
    for (var entry : new ArrayList<>(before.children().entrySet())) {
      var element = entry.getKey();
      var field = FieldSet.find(value, element, schema);
      if (field == null) {
        continue;
      }
      var wantedThere = wanted.children().containsKey(element) || element.equals("f:metadata");
      var othersThere = !others.child(element).isEmpty();
      if (!wantedThere && !othersThere) {
        remove(value, element, schema);
      } else {
        var below = element.startsWith("f:") ? schema.member(element.substring(2)) : schema.item();
        prune(field, entry.getValue(), wanted.child(element), others.child(element), below);
      }
    }
  }

  private static void remove(JsonNode value, String element, FieldSchema schema) {
    switch (value) {
      case ObjectNode object -> object.remove(element.substring(2));
      case ArrayNode array -> {
        for (int i = array.size() - 1; i >= 0; i--) {
          if (schema.elementOf(array.get(i)).equals(element)) {
            array.remove(i);
          }
        }
      }
      default -> throw new IllegalStateException("no member in a scalar: " + element);
    }
  }
}
