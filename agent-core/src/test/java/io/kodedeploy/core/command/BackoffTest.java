package io.kodedeploy.core.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff = new Backoff(() -> 0);

  @Test
  @DisplayName("HA-111 HA-114 follows the official table up to 90 seconds")
  void followsTheOfficialTable() {
    var pauses =
        IntStream.range(0, 12).mapToObj(_ -> backoff.failed(Duration.ZERO).toSeconds()).toList();

    assertThat(pauses).containsExactly(10L, 13L, 17L, 21L, 27L, 34L, 44L, 56L, 71L, 90L, 90L, 90L);
  }

  @Test
  @DisplayName("HA-112 begins anew after a success")
  void beginsAnewAfterASuccess() {
    backoff.failed(Duration.ZERO);
    backoff.succeeded();

    assertThat(backoff.failed(Duration.ZERO)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  @DisplayName("HA-113 takes off what the failed poll took, rounded up")
  void takesOffWhatTheFailedPollTook() {
    backoff.failed(Duration.ZERO);

    assertThat(backoff.failed(Duration.ofMillis(4200))).isEqualTo(Duration.ofSeconds(8));
  }

  @Test
  void neverWaitsLessThanNothing() {
    assertThat(backoff.failed(Duration.ofSeconds(80))).isEqualTo(Duration.ZERO);
  }

  @Test
  void addsAtMostAQuarter() {
    assertThat(new Backoff(() -> 1).failed(Duration.ZERO)).isEqualTo(Duration.ofMillis(12_500));
  }
}
