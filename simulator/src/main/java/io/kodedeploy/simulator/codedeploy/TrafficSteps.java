package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.codedeploy.Deployment.Failure;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.AwsError;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * BlockTraffic and AllowTraffic, which the service does by itself (3.2): deregister and wait until
 * drained, register and wait until healthy. Called under the lock of {@link State}.
 */
final class TrafficSteps {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
  private static final Duration LIMIT = Duration.ofHours(1);

  /** Hears of the end of an event. */
  interface Ended {
    void accept(Target target, Target.Event event, boolean succeeded, Diagnostics diagnostics);
  }

  private final State state;
  private final TrafficControl traffic;
  private final Ended ended;

  TrafficSteps(State state, TrafficControl traffic, Ended ended) {
    this.state = state;
    this.traffic = traffic;
    this.ended = ended;
  }

  /** Why the group's load balancer data cannot be used; empty if they can. */
  String unusable(GroupSettings settings) {
    for (var name : settings.targetGroups()) {
      var group = traffic.find(name);
      if (group.isEmpty()) {
        return "The target group " + name + " does not exist.";
      }
      if (!group.get().targetType().equals("instance")) {
        return "The target group " + name + " does not have the target type instance.";
      }
    }
    return "";
  }

  void begin(Target target, Target.Event event) {
    if (target.member.onPremises()) {
      fail(target, event, "ELB_INVALID_INSTANCE", "An on-premises instance has no load balancer.");
      return;
    }
    try {
      for (var group : target.deployment.order.settings().targetGroups()) {
        if (event.name.equals(LifecycleEvents.BLOCK_TRAFFIC)) {
          traffic.deregister(group, target.member.id());
        } else {
          traffic.register(group, target.member.id());
        }
      }
    } catch (AwsError e) {
      refused(target, event, e);
      return;
    }
    look(target, event, state.clock.now().plus(LIMIT));
  }

  private void look(Target target, Target.Event event, Instant end) {
    var missing = waitingFor(target, event);
    if (missing == null) {
      return;
    }
    if (missing.isEmpty()) {
      ended.accept(target, event, true, Diagnostics.SUCCESS);
    } else if (!state.clock.now().isBefore(end)) {
      var message = event.name + " did not finish within an hour: " + missing;
      ended.accept(target, event, false, Diagnostics.unknownError(message));
    } else {
      target.timer = again(target, event, end);
    }
  }

  private SimulatorClock.Timer again(Target target, Target.Event event, Instant end) {
    return state.clock.schedule(
        LOOK_AGAIN,
        () -> {
          synchronized (state) {
            var known = state.deployments.get(target.deployment.id) == target.deployment;
            if (known && event.status == Target.Status.IN_PROGRESS) {
              look(target, event, end);
            }
          }
        });
  }

  /** What is not as wanted yet; empty when all is; null when the event has been failed. */
  private @Nullable String waitingFor(Target target, Target.Event event) {
    var block = event.name.equals(LifecycleEvents.BLOCK_TRAFFIC);
    var missing = new StringBuilder();
    try {
      for (var group : target.deployment.order.settings().targetGroups()) {
        var health = traffic.health(group, target.member.id());
        var wanted = block ? TrafficControl.State.UNUSED : TrafficControl.State.HEALTHY;
        if (health.state() != wanted) {
          missing.append(group).append(" is ").append(health.state());
          missing.append(" (").append(health.reason()).append(") ");
        }
      }
    } catch (AwsError e) {
      refused(target, event, e);
      return null;
    }
    return missing.toString().strip();
  }

  private void refused(Target target, Target.Event event, AwsError error) {
    var code =
        error.code().equals("InvalidTarget")
            ? "ELB_INVALID_INSTANCE"
            : "ELASTIC_LOAD_BALANCING_INVALID";
    fail(target, event, code, error.message());
  }

  private void fail(Target target, Target.Event event, String code, String message) {
    target.deployment.failure = new Failure(code, message);
    ended.accept(target, event, false, Diagnostics.unknownError(message));
  }
}
