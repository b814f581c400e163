package io.kodedeploy.simulator.kubernetes;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reading and writing the well-known places of a Kubernetes object. */
final class ObjectTree {
  private ObjectTree() {}

  static String name(JsonNode object) {
    return text(object, "metadata", "name");
  }

  static String namespace(JsonNode object) {
    return text(object, "metadata", "namespace");
  }

  static String uid(JsonNode object) {
    return text(object, "metadata", "uid");
  }

  static boolean deleting(JsonNode object) {
    return at(object, "metadata").has("deletionTimestamp");
  }

  static JsonNode at(JsonNode node, String... path) {
    var found = node;
    for (var name : path) {
      found = found.path(name);
    }
    return found;
  }

  /** The text at a path; empty when there is none. */
  static String text(JsonNode node, String... path) {
    return at(node, path).asString("");
  }

  static int number(JsonNode node, int otherwise, String... path) {
    return at(node, path).asInt(otherwise);
  }

  static ObjectNode metadata(ObjectNode object) {
    return object.withObjectProperty("metadata");
  }

  static ObjectNode child(ObjectNode object, String... path) {
    var found = object;
    for (var name : path) {
      found = found.withObjectProperty(name);
    }
    return found;
  }

  static Map<String, String> labels(JsonNode object) {
    return strings(at(object, "metadata", "labels"));
  }

  static Map<String, String> strings(JsonNode object) {
    var strings = new TreeMap<String, String>();
    object.properties().forEach(p -> strings.put(p.getKey(), p.getValue().asString("")));
    return strings;
  }

  static Stream<JsonNode> owners(JsonNode object) {
    return at(object, "metadata", "ownerReferences").valueStream();
  }

  /** True when the object names this one as its controller. */
  static boolean controlledBy(JsonNode object, JsonNode owner) {
    return owners(object)
        .anyMatch(o -> o.path("controller").asBoolean(false) && text(o, "uid").equals(uid(owner)));
  }
}
