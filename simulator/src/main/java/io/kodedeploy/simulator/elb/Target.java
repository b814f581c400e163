package io.kodedeploy.simulator.elb;

import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;

/** One registration in one target group. Every field is guarded by the group's monitor. */
final class Target {
  private final TargetKey key;
  private final InetSocketAddress address;
  private final TargetConnections connections;
  private final Set<TargetLease> inFlight = new HashSet<>();
  private TargetHealth health;
  private int passes;
  private int failures;
  private boolean everHealthy;

  Target(TargetKey key, InetSocketAddress address, TargetHealth health) {
    this.key = key;
    this.address = address;
    this.health = health;
    this.connections = new TargetConnections(address);
  }

  TargetKey key() {
    return key;
  }

  InetSocketAddress address() {
    return address;
  }

  TargetConnections connections() {
    return connections;
  }

  Set<TargetLease> inFlight() {
    return inFlight;
  }

  TargetHealth health() {
    return health;
  }

  boolean isDraining() {
    return health.state() == TargetHealth.State.DRAINING;
  }

  /** Its instance is terminated. */
  boolean isInvalid() {
    return health.equals(TargetHealth.INVALID_STATE);
  }

  void become(TargetHealth next) {
    health = next;
    passes = 0;
    failures = 0;
  }

  /** Counts a health check's result; true when the state changed. */
  boolean checked(ProbeResult result, HealthCheckSettings settings) {
    var before = health;
    switch (result) {
      case ProbeResult.Passed _ -> {
        failures = 0;
        passes++;
        // A newly registered target is healthy after its first passing check.
        boolean firstPass = !everHealthy && before.state() == TargetHealth.State.INITIAL;
        if (firstPass || passes >= settings.healthyThreshold()) {
          health = TargetHealth.HEALTHY;
          everHealthy = true;
        }
      }
      case ProbeResult.Failed failed -> {
        passes = 0;
        failures++;
        if (failures >= settings.unhealthyThreshold()) {
          health = failed.health();
        }
      }
    }
    return before.state() != health.state();
  }
}
