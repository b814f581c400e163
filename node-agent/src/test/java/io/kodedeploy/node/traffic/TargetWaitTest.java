package io.kodedeploy.node.traffic;

import static io.kodedeploy.node.traffic.FakeLoadBalancing.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TargetWaitTest {
  private final FakeLoadBalancing elb = new FakeLoadBalancing().group("web", 30080);
  private final TargetStates states = new TargetStates();
  private final JumpingTime time = new JumpingTime();
  private final List<String> progress = new ArrayList<>();

  private void await(Goal goal, boolean ours, Duration limit) throws InterruptedException {
    var group = elb.describe(TargetGroupRef.of("web")).orElseThrow();
    var target = new Target(group.arn(), "web", 30080);
    new TargetWait(elb, states, Optional.empty(), time, time, new Random(1))
        .until(goal, List.of(new TargetWait.Watched(target, group, ours)), limit, progress::add);
  }

  @Test
  void waitsThroughInitialAndUnhealthyUntilHealthy() throws Exception {
    elb.health(
        "web",
        state("initial", "Elb.RegistrationInProgress"),
        state("unavailable", "Elb.InternalError"),
        state("unhealthy", "Target.Timeout"),
        state("healthy", ""));

    await(Goal.HEALTHY, true, Duration.ofMinutes(3));

    assertThat(progress)
        .containsExactly(
            "target group web:30080 is initial (Elb.RegistrationInProgress)",
            "target group web:30080 is unavailable (Elb.InternalError)",
            "target group web:30080 is unhealthy (Target.Timeout)",
            "target group web:30080 is healthy");
    assertThat(elb.changes()).isEmpty();
  }

  @Test
  void pollsAtThePaceOfTheHealthCheckWithJitter() throws Exception {
    elb.health("web", state("initial", ""), state("initial", ""), state("healthy", ""));

    await(Goal.HEALTHY, true, Duration.ofMinutes(3));

    assertThat(time.pauses)
        .hasSize(2)
        .allSatisfy(p -> assertThat(p).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11)));
    assertThat(time.pauses.getFirst()).isNotEqualTo(time.pauses.getLast());
  }

  @Test
  void registersAgainWhatIsDrainingOrLostWhenItIsOurs() throws Exception {
    elb.health(
        "web",
        state("draining", "Target.DeregistrationInProgress"),
        state("unused", "Target.NotRegistered"),
        state("healthy", ""));

    await(Goal.HEALTHY, true, Duration.ofMinutes(3));

    assertThat(elb.changes()).containsExactly("register web:30080", "register web:30080");
  }

  @Test
  void neverRegistersWhatCodeDeploySwitches() throws Exception {
    elb.health("web", state("unused", "Target.NotRegistered"), state("healthy", ""));

    await(Goal.HEALTHY, false, Duration.ofMinutes(3));

    assertThat(elb.changes()).isEmpty();
  }

  @Test
  void drainsThroughUnhealthyDraining() throws Exception {
    elb.health(
        "web",
        state("draining", "Target.DeregistrationInProgress"),
        state("unhealthy.draining", "Target.DeregistrationInProgress"),
        state("unused", "Target.NotRegistered"));

    await(Goal.DRAINED, true, Duration.ofMinutes(6));

    assertThat(states.snapshot().values())
        .singleElement()
        .satisfies(s -> assertThat(s.health().state()).isEqualTo(TargetHealth.State.UNUSED));
  }

  @Test
  void aLimitThatPassesNamesTargetGroupStateReasonAndRemedy() {
    elb.health("web", state("unhealthy", "Target.FailedHealthChecks"));

    assertThatThrownBy(() -> await(Goal.HEALTHY, true, Duration.ofMinutes(3)))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TARGET_NOT_HEALTHY))
        .hasMessage(
            "target group web: this node's port 30080 is unhealthy (Target.FailedHealthChecks)"
                + " after 180 s, expected healthy; check on this node that port 30080 answers the"
                + " health check HTTP /healthz expecting 200 and that its security group lets the"
                + " load balancer in");
  }

  @Test
  void aTargetGroupWithoutListenerIsGivenUpLongBeforeTheLimit() {
    elb.health("web", state("unused", "Target.NotInUse"));

    assertThatThrownBy(() -> await(Goal.HEALTHY, true, Duration.ofMinutes(60)))
        .isInstanceOf(AgentException.class)
        .hasMessageContaining("unused (Target.NotInUse)")
        .hasMessageContaining("listener rule");
    assertThat(time.pauses.stream().reduce(Duration.ZERO, Duration::plus))
        .isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void aDrainThatDoesNotEndFailsWithItsOwnCode() {
    elb.health("web", state("draining", "Target.DeregistrationInProgress"));

    assertThatThrownBy(() -> await(Goal.DRAINED, false, Duration.ofMinutes(6)))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TARGET_NOT_DRAINED))
        .hasMessageContaining("deregistration delay");
  }
}
