package io.kodedeploy.core.protocol;

import io.kodedeploy.core.json.Json;
import tools.jackson.databind.node.ObjectNode;

/** An operation: its name, its body and how to read its answer. */
interface Wire<T> {
  /** As in the target header. */
  String operation();

  /** The request. */
  ObjectNode body();

  /** Reads a success; unknown members are ignored, null is absent. */
  T read(tools.jackson.databind.JsonNode answer);

  /** The text that some answers carry inside. */
  static java.util.Optional<String> text(tools.jackson.databind.JsonNode node, String name) {
    return java.util.Optional.ofNullable(node.path(name).asString(null));
  }

  /** A JSON text within a JSON string, as diagnostics are sent. */
  static ObjectNode envelope(String payload) {
    return Json.object().put("Format", "JSON").put("Payload", payload);
  }
}
