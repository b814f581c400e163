package io.kodedeploy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The gate alone, with the most jitter there can be. */
class ThrottleGateTest {
  private final List<Duration> pauses = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-05T10:00:00Z");
  private final ThrottleGate gate =
      new ThrottleGate(
          () -> now,
          duration -> {
            pauses.add(duration);
            now = now.plus(duration);
          },
          () -> 1.0);

  @Test
  void doublesFromOneToThirtySecondsPlusAQuarter() throws Exception {
    for (int i = 0; i < 7; i++) {
      gate.throttled(gate.pass());
    }
    gate.pass();

    assertThat(pauses)
        .extracting(Duration::toMillis)
        .containsExactly(1250L, 2500L, 5000L, 10_000L, 20_000L, 37_500L, 37_500L);
  }

  @Test
  void countsManyCallsThatAreThrottledTogetherOnce() throws Exception {
    long ticket = gate.pass();
    for (int i = 0; i < 16; i++) {
      gate.throttled(ticket);
    }
    gate.pass();

    assertThat(pauses).containsExactly(Duration.ofMillis(1250));
  }

  @Test
  void staysShutForALatePollThatWasSentBefore() throws Exception {
    long poll = gate.pass();
    gate.throttled(gate.pass());
    gate.succeeded(poll);
    gate.pass();

    assertThat(pauses).hasSize(1);
  }

  @Test
  void beginsAnewAfterASuccess() throws Exception {
    gate.throttled(gate.pass());
    gate.throttled(gate.pass());
    gate.succeeded(gate.pass());
    gate.throttled(gate.pass());
    gate.pass();

    assertThat(pauses.getLast()).isEqualTo(Duration.ofMillis(1250));
  }

  @Test
  void doesNotStayShutWhenTheClockIsSetBack() throws Exception {
    gate.throttled(gate.pass());
    now = now.minus(Duration.ofHours(5));
    gate.pass();

    assertThat(pauses).containsExactly(Duration.ofSeconds(30));
  }
}
