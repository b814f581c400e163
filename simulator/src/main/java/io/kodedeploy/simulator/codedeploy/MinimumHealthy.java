package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import tools.jackson.databind.node.ObjectNode;

/** Minimum healthy hosts and their arithmetic (1.5.1). */
record MinimumHealthy(Type type, int value) {

  enum Type {
    HOST_COUNT,
    FLEET_PERCENT,
    /** Read-only, of OneAtATime: that many targets in flight. */
    MOST_CONCURRENCY
  }

  /** The number M of a fleet of {@code n}. */
  int of(int n) {
    return switch (type) {
      case HOST_COUNT -> value;
      case FLEET_PERCENT -> Math.ceilDiv(n * value, 100);
      case MOST_CONCURRENCY -> Math.max(0, n - value);
    };
  }

  /** How many targets may be in flight or failed at once. */
  int slots(int n) {
    return n - of(n);
  }

  /** Whether a deployment to {@code n} targets can start at all: rule 1. */
  boolean possible(int n) {
    return of(n) < n;
  }

  /** Whether a deployment that has ended with that many successes succeeded: rule 4. */
  boolean satisfied(int n, int succeeded) {
    return succeeded >= Math.max(1, of(n));
  }

  /** Reads {@code minimumHealthyHosts}. */
  static MinimumHealthy parse(Input config) {
    var input =
        config
            .object("minimumHealthyHosts")
            .orElseThrow(() -> invalid("minimum healthy hosts argument is missing"));
    var value = input.number("value").orElseThrow(() -> invalid("value is missing"));
    if (value != Math.rint(value) || value < 0 || value > Integer.MAX_VALUE) {
      throw invalid("value must be a whole number, 0 or more");
    }
    return switch (input.text("type").orElse("")) {
      case "HOST_COUNT" -> new MinimumHealthy(Type.HOST_COUNT, value.intValue());
      case "FLEET_PERCENT" -> {
        if (value > 99) {
          throw invalid("a percentage must be 0 to 99");
        }
        yield new MinimumHealthy(Type.FLEET_PERCENT, value.intValue());
      }
      default -> throw invalid("type must be HOST_COUNT or FLEET_PERCENT");
    };
  }

  private static RuntimeException invalid(String message) {
    return Refusal.of("InvalidMinimumHealthyHostValue", message);
  }

  ObjectNode json() {
    return Json.object().put("type", type.name()).put("value", value);
  }
}
