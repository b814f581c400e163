package io.kodedeploy.core.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.conformance.Settings;
import io.kodedeploy.core.conformance.Specifications;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.observe.AgentHealth;
import io.kodedeploy.core.observe.AgentMetrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What health and metrics say of a host. */
class HostObservationTest {
  private final Turned clock = new Turned();
  private final AgentHealth health = new AgentHealth(clock);
  private final AgentMetrics metrics = new AgentMetrics(Map.of(), "test");
  private final HostObservation observation = new HostObservation(health, metrics, clock);

  @Test
  void isReadyAfterTheFirstGoodPoll() {
    var before = ready();
    observation.polled(new PollResult.Idle());

    assertThat(before).containsEntry("poll", "no poll was answered yet");
    assertThat(ready()).isEmpty();
    assertThat(metrics.scrape()).contains("kodedeploy_poll_total{result=\"idle\"} 1");
  }

  @Test
  void isReadyWhileTheServiceHoldsTheFirstPoll() {
    observation.loopTurned();
    clock.now = clock.now.plusSeconds(21);

    assertThat(ready()).isEmpty();
  }

  @Test
  void saysWhyAPollFailedAndForgetsItAfterAGoodOne() {
    observation.polled(new PollResult.Failed(ErrorCode.CREDENTIALS_UNAVAILABLE, "no role"));
    var failed = ready();
    observation.polled(new PollResult.Received("Install"));

    assertThat(failed).containsEntry("credentials", "no role");
    assertThat(failed.get("poll")).startsWith("credentials-unavailable: no role - ");
    assertThat(ready()).isEmpty();
    assertThat(metrics.scrape())
        .contains("kodedeploy_poll_total{result=\"credentials-unavailable\"} 1")
        .contains("kodedeploy_poll_total{result=\"received\"} 1");
  }

  @Test
  void isNotReadyWhenTheLastGoodPollIsOldUnlessACommandRuns() {
    observation.polled(new PollResult.Dropped("stopping"));
    clock.now = clock.now.plus(Duration.ofMinutes(4));
    var idle = ready();
    observation.commandStarted(command("AfterInstall"));

    assertThat(idle).containsEntry("poll", "the last good poll was 240 s ago");
    assertThat(ready()).isEmpty();
  }

  @Test
  void livesAsLongAsTheLoopTurns() {
    observation.loopTurned();
    clock.now = clock.now.plus(Duration.ofMinutes(6));
    var silent = health.live().reasons();
    observation.loopTurned();

    assertThat(silent).containsKey("poll");
    assertThat(health.live().reasons()).isEmpty();
  }

  @Test
  void isNotReadyOnceItIsToldToStop() {
    observation.polled(new PollResult.Idle());
    var before = health.ready();

    observation.watch(Settings.identity(), () -> true);

    assertThat(before.reasons()).isEmpty();
    assertThat(health.ready().reasons()).containsEntry("poll", "the agent is stopping");
  }

  @Test
  void countsCommandsByEventAndOutcomeAndNamesOnlyEventsOfItsOwn() {
    observation.commandStarted(command("AfterInstall"));
    clock.now = clock.now.plusSeconds(3);
    var running = metrics.scrape();
    observation.commandFinished(command("AfterInstall"), new CommandOutcome.Succeeded(""));
    observation.commandFinished(
        command("Reticulate"),
        CommandOutcome.Failed.of(new AgentException(ErrorCode.COMMAND_UNSUPPORTED, "no")));
    observation.deploymentFinished(command("Install").spec(), true);
    observation.deploymentFinished(command("Install").spec(), false);
    observation.watch(Settings.identity(), () -> false);

    assertThat(running).containsPattern("kodedeploy_command_running_seconds(\\{})? 3");
    assertThat(metrics.scrape())
        .contains("command=\"AfterInstall\",outcome=\"succeeded\"")
        .contains("command=\"other\",outcome=\"command-unsupported\"")
        .contains("kodedeploy_deployment_total{outcome=\"succeeded\"} 1")
        .contains("kodedeploy_deployment_total{outcome=\"failed\"} 1")
        .contains("kodedeploy_last_success_timestamp_seconds")
        .doesNotContain("Reticulate");
  }

  private Map<String, String> ready() {
    return health.ready().reasons();
  }

  private static CommandInfo command(String event) {
    return new CommandInfo(
        "id-" + event, LifecycleEvent.of(event), Specifications.with(Map.of()), false);
  }

  private static final class Turned extends Clock {
    private Instant now = Instant.parse("2026-01-05T10:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
