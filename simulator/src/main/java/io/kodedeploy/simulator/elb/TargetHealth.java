package io.kodedeploy.simulator.elb;

import java.util.Optional;

/** State of a target with its reason, as DescribeTargetHealth shows it (specification 8.1). */
record TargetHealth(State state, Optional<String> reason, Optional<String> description) {

  enum State {
    INITIAL("initial"),
    HEALTHY("healthy"),
    UNHEALTHY("unhealthy"),
    UNUSED("unused"),
    DRAINING("draining");

    private final String wire;

    State(String wire) {
      this.wire = wire;
    }

    String wire() {
      return wire;
    }
  }

  static final TargetHealth REGISTERING =
      of(State.INITIAL, "Elb.RegistrationInProgress", "Target registration is in progress");
  static final TargetHealth CHECKING =
      of(State.INITIAL, "Elb.InitialHealthChecking", "Initial health checks in progress");
  static final TargetHealth HEALTHY =
      new TargetHealth(State.HEALTHY, Optional.empty(), Optional.empty());
  static final TargetHealth NOT_REGISTERED =
      of(State.UNUSED, "Target.NotRegistered", "Target is not registered to the target group");
  static final TargetHealth NOT_IN_USE =
      of(
          State.UNUSED,
          "Target.NotInUse",
          "Target group is not configured to receive traffic from the load balancer");
  static final TargetHealth INVALID_STATE =
      of(State.UNUSED, "Target.InvalidState", "Target is in the terminated state");
  static final TargetHealth DRAINING =
      of(State.DRAINING, "Target.DeregistrationInProgress", "Target deregistration is in progress");

  static TargetHealth unhealthy(String reason, String description) {
    return of(State.UNHEALTHY, reason, description);
  }

  private static TargetHealth of(State state, String reason, String description) {
    return new TargetHealth(state, Optional.of(reason), Optional.of(description));
  }
}
