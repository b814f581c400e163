package io.kodedeploy.node.traffic;

import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the traffic steps.
 *
 * @param mode {@code traffic.mode}, default auto
 * @param pollInterval {@code traffic.poll-interval}; by default the health check interval of the
 *     target group, from 2 to 30 seconds
 */
public record TrafficSettings(TrafficMode mode, Optional<Duration> pollInterval) {
  /** Nothing set. */
  public static final TrafficSettings DEFAULTS =
      new TrafficSettings(TrafficMode.AUTO, Optional.empty());
}
