package io.kodedeploy.node.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoalTest {
  @ParameterizedTest
  @CsvSource({
    "unused, Target.NotRegistered, Reached",
    "unused, Target.NotInUse, Reached",
    "unused, Target.InvalidState, Reached",
    "draining, Target.DeregistrationInProgress, Waiting",
    "unhealthy.draining, Target.DeregistrationInProgress, Waiting",
    "unavailable, Elb.InternalError, Waiting",
    "something-new, '', Waiting",
    "initial, Elb.RegistrationInProgress, Repeat",
    "healthy, '', Repeat",
    "unhealthy, Target.Timeout, Repeat",
  })
  void everyStateMeansSomethingForDraining(String state, String reason, String verdict) {
    var health = FakeLoadBalancing.state(state, reason);

    assertThat(Goal.DRAINED.judge(health).getClass().getSimpleName()).isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource({
    "healthy, '', Reached",
    "initial, Elb.InitialHealthChecking, Waiting",
    "unhealthy, Target.ResponseCodeMismatch, Waiting",
    "unavailable, Elb.InternalError, Waiting",
    "something-new, '', Waiting",
    "draining, Target.DeregistrationInProgress, Repeat",
    "unhealthy.draining, Target.DeregistrationInProgress, Repeat",
    "unused, Target.NotRegistered, Repeat",
    "unused, Target.NotInUse, Stuck",
    "unused, Target.InvalidState, Stuck",
    "unused, Target.IpUnusable, Stuck",
  })
  void everyStateMeansSomethingForHealth(String state, String reason, String verdict) {
    var health = FakeLoadBalancing.state(state, reason);

    assertThat(Goal.HEALTHY.judge(health).getClass().getSimpleName()).isEqualTo(verdict);
  }

  @Test
  void aStateIsReadAsTheApiWritesIt() {
    assertThat(TargetHealth.State.of("unhealthy.draining"))
        .isEqualTo(TargetHealth.State.UNHEALTHY_DRAINING);
    assertThat(TargetHealth.State.of("unknown")).isEqualTo(TargetHealth.State.UNKNOWN);
  }
}
