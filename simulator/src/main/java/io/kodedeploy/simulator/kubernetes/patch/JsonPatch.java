package io.kodedeploy.simulator.kubernetes.patch;

import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON patch, RFC 6902. */
public final class JsonPatch {
  private JsonPatch() {}

  /**
   * A changed copy of an object.
   *
   * @throws IllegalArgumentException if an operation does not fit the object, or a test fails
   */
  public static ObjectNode apply(ObjectNode target, JsonNode operations) {
    var result = target.deepCopy();
    if (!operations.isArray()) {
      throw new IllegalArgumentException("a JSON patch is a list of operations");
    }
    for (var operation : operations) {
      carryOut(result, operation);
    }
    return result;
  }

  private static void carryOut(ObjectNode document, JsonNode operation) {
    var path = JsonPointer.compile(operation.path("path").asString(""));
    switch (operation.path("op").asString("")) {
      case "add" -> add(document, path, value(operation));
      case "remove" -> remove(document, path);
      case "replace" -> {
        remove(document, path);
        add(document, path, value(operation));
      }
      case "move" -> {
        var from = JsonPointer.compile(operation.path("from").asString(""));
        var moved = existing(document, from);
        remove(document, from);
        add(document, path, moved);
      }
      case "copy" ->
          add(
              document,
              path,
              existing(document, JsonPointer.compile(operation.path("from").asString("")))
                  .deepCopy());
      case "test" -> {
        if (!existing(document, path).equals(operation.path("value"))) {
          throw new IllegalArgumentException("testing value " + path + " failed");
        }
      }
      default -> throw new IllegalArgumentException("unknown operation: " + operation);
    }
  }

  private static JsonNode value(JsonNode operation) {
    if (!operation.has("value")) {
      throw new IllegalArgumentException("operation without value: " + operation);
    }
    return operation.get("value").deepCopy();
  }

  private static JsonNode existing(ObjectNode document, JsonPointer path) {
    var found = document.at(path);
    if (found.isMissingNode()) {
      throw new IllegalArgumentException("no such path: " + path);
    }
    return found;
  }

  private static void add(ObjectNode document, JsonPointer path, JsonNode value) {
    var name = path.last().getMatchingProperty();
    switch (existing(document, path.head())) {
      case ObjectNode object -> object.set(name, value);
      case ArrayNode array when name.equals("-") -> array.add(value);
      case ArrayNode array -> array.insert(index(array, path, array.size()), value);
      default -> throw new IllegalArgumentException("no such path: " + path);
    }
  }

  private static void remove(ObjectNode document, JsonPointer path) {
    existing(document, path);
    switch (existing(document, path.head())) {
      case ObjectNode object -> object.remove(path.last().getMatchingProperty());
      case ArrayNode array -> array.remove(index(array, path, array.size() - 1));
      default -> throw new IllegalArgumentException("no such path: " + path);
    }
  }

  private static int index(ArrayNode array, JsonPointer path, int highest) {
    var index = path.last().getMatchingIndex();
    if (index < 0 || index > highest) {
      throw new IllegalArgumentException("no such item: " + path + " of " + array.size());
    }
    return index;
  }
}
