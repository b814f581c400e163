package io.kodedeploy.node.traffic;

import java.time.Duration;

/** What a wait is for, and what one look at a target means for it. */
enum Goal {
  /** No request reaches the node any more. */
  DRAINED,
  /** The load balancer sends requests to the node. */
  HEALTHY;

  /** States that only a person ends are given up after this time: ELB is consistent by then. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What a look means. */
  sealed interface Verdict {
    /** The goal is reached. */
    record Reached() implements Verdict {}

    /** Time alone may bring it. */
    record Waiting() implements Verdict {}

    /** The registration or deregistration was lost or undone: repeat it where that is ours. */
    record Repeat() implements Verdict {}

    /** Time will not bring it; give up when it lasts longer than {@link #PATIENCE}. */
    record Stuck() implements Verdict {}
  }

  Verdict judge(TargetHealth health) {
    return switch (this) {
      case DRAINED ->
          switch (health.state()) {
            case UNUSED -> new Verdict.Reached();
            case DRAINING, UNHEALTHY_DRAINING, UNAVAILABLE, UNKNOWN -> new Verdict.Waiting();
            case INITIAL, HEALTHY, UNHEALTHY -> new Verdict.Repeat();
          };
      case HEALTHY ->
          switch (health.state()) {
            case HEALTHY -> new Verdict.Reached();
            case INITIAL, UNHEALTHY, UNAVAILABLE, UNKNOWN -> new Verdict.Waiting();
            // Registering again cancels a draining (codedeploy-service.md section 8.4).
            case DRAINING, UNHEALTHY_DRAINING -> new Verdict.Repeat();
            case UNUSED ->
                health.reason().equals("Target.NotRegistered") || health.reason().isEmpty()
                    ? new Verdict.Repeat()
                    : new Verdict.Stuck();
          };
    };
  }

  /** What a person does about a target that did not get there. */
  String advice(TargetHealth health, TargetGroup group, int port) {
    return switch (health.state()) {
      case HEALTHY, INITIAL ->
          this == DRAINED
              ? "something registers this node again; look for another owner of the target group"
              : "the health checks have not ended; see that the target group's listener is active,"
                  + " or raise kodedeploy.traffic.healthy";
      case UNHEALTHY ->
          this == DRAINED
              ? "something registers this node again; look for another owner of the target group"
              : "check on this node that port "
                  + port
                  + " answers the health check "
                  + group.healthCheck()
                  + " and that its security group lets the load balancer in";
      case DRAINING, UNHEALTHY_DRAINING ->
          this == DRAINED
              ? "raise kodedeploy.traffic.drained above the target group's deregistration delay"
              : "something deregisters this node; look for another owner of the target group";
      case UNUSED ->
          switch (health.reason()) {
            case "Target.NotInUse" ->
                "forward to the target group in a listener rule and enable this instance's"
                    + " availability zone at the load balancer";
            case "Target.InvalidState" -> "the instance is stopped or terminated";
            case "Target.IpUnusable" -> "the load balancer cannot use this address";
            default ->
                "the node is not registered; look for another owner of the target group, and for"
                    + " the deployment group's load balancer settings";
          };
      case UNAVAILABLE -> "ELB has no health data; look at the AWS health dashboard";
      case UNKNOWN -> "upgrade the agent: it does not know this state";
    };
  }
}
