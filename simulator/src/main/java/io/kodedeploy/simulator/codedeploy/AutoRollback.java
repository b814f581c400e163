package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** {@code autoRollbackConfiguration}. */
record AutoRollback(boolean enabled, List<String> events) {
  static final String ON_FAILURE = "DEPLOYMENT_FAILURE";
  static final String ON_REQUEST = "DEPLOYMENT_STOP_ON_REQUEST";
  private static final List<String> KNOWN =
      List.of(ON_FAILURE, "DEPLOYMENT_STOP_ON_ALARM", ON_REQUEST);

  static Optional<AutoRollback> parse(Input input) {
    return input.object("autoRollbackConfiguration").map(AutoRollback::read);
  }

  private static AutoRollback read(Input input) {
    var enabled = input.flag("enabled").orElse(false);
    var events = input.texts("events").orElse(List.of());
    if ((enabled && events.isEmpty()) || !KNOWN.containsAll(events)) {
      throw Refusal.of(
          "InvalidAutoRollbackConfig", "Enabled rollback needs events, out of " + KNOWN);
    }
    return new AutoRollback(enabled, events);
  }

  boolean firesOn(String event) {
    return enabled && events.contains(event);
  }

  ObjectNode json() {
    return Json.object().put("enabled", enabled).set("events", Json.array(events));
  }
}
