package io.kodedeploy.simulator.kubernetes;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The conditions of a status. */
final class Conditions {
  private Conditions() {}

  static Optional<JsonNode> find(JsonNode status, String type) {
    return status
        .path("conditions")
        .valueStream()
        .filter(condition -> ObjectTree.text(condition, "type").equals(type))
        .findFirst();
  }

  /** Sets a condition; its transition time moves only when its truth changes. */
  static ObjectNode set(
      ObjectNode status, Instant now, String type, boolean truth, String reason, String message) {
    var time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    var value = truth ? "True" : "False";
    var condition =
        find(status, type)
            .map(ObjectNode.class::cast)
            .orElseGet(() -> status.withArray("conditions").addObject().put("type", type));
    if (!ObjectTree.text(condition, "status").equals(value)) {
      condition.put("status", value).put("lastTransitionTime", time);
    }
    text(condition, "reason", reason);
    text(condition, "message", message);
    return condition;
  }

  private static void text(ObjectNode condition, String name, String value) {
    if (value.isEmpty()) {
      condition.remove(name);
    } else {
      condition.put(name, value);
    }
  }
}
