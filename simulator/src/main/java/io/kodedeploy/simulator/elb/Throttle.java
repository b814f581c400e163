package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.AwsError;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The service's token buckets, per region (specification 8.1). Thread-safe. */
final class Throttle {

  /** Capacity and refill per second. */
  private record Limit(double capacity, double perSecond) {}

  private record Level(double tokens, Instant at) {}

  private static final Limit TARGETS = new Limit(20, 4);
  private static final Limit DESCRIBE = new Limit(40, 10);
  private static final Limit MUTATE = new Limit(20, 3);
  private static final Limit CREATE_LOAD_BALANCER = new Limit(10, 0.2);
  private static final Limit ACCOUNT = new Limit(40, 10);

  private final SimulatorClock clock;
  private final boolean enabled;
  private final Map<String, Level> levels = new HashMap<>();

  Throttle(SimulatorClock clock, boolean enabled) {
    this.clock = clock;
    this.enabled = enabled;
  }

  /**
   * Takes a token for the call.
   *
   * @throws AwsError {@code Throttling} when there is none
   */
  synchronized void spend(String region, String operation) {
    if (!enabled) {
      return;
    }
    take(region + " account", ACCOUNT);
    switch (operation) {
      case "RegisterTargets", "DeregisterTargets" -> take(region + " targets", TARGETS);
      case "CreateLoadBalancer", "SetSubnets" ->
          take(region + " load balancers", CREATE_LOAD_BALANCER);
      default -> {
        if (operation.startsWith("Describe")) {
          take(region + " describe", DESCRIBE);
        } else {
          take(region + " mutate", MUTATE);
        }
      }
    }
  }

  synchronized void reset() {
    levels.clear();
  }

  private void take(String bucket, Limit limit) {
    var now = clock.now();
    var level = levels.getOrDefault(bucket, new Level(limit.capacity(), now));
    double seconds = Duration.between(level.at(), now).toMillis() / 1000.0;
    double tokens = Math.min(limit.capacity(), level.tokens() + seconds * limit.perSecond());
    if (tokens < 1) {
      throw AwsError.badRequest("Throttling", "Rate exceeded");
    }
    levels.put(bucket, new Level(tokens - 1, now));
  }
}
