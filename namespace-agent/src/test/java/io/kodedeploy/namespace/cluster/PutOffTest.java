package io.kodedeploy.namespace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PutOffTest {
  private final PutOff putOff = new PutOff();

  @Test
  void waitsAsLongAsTheServerAsksAndAMinuteInAll() {
    assertThat(putOff.after(429, "20")).contains(Duration.ofSeconds(20));
    assertThat(putOff.after(503, "20")).contains(Duration.ofSeconds(20));
    assertThat(putOff.after(429, "3600")).contains(Duration.ofMinutes(1));
    assertThat(putOff.after(429, "1")).isEmpty();
  }

  @Test
  void waitsASecondWhereNoTimeIsNamed() {
    assertThat(putOff.after(429, null)).contains(Duration.ofSeconds(1));
    assertThat(putOff.after(429, "Tue, 24 Nov 2026 05:00:00 GMT")).contains(Duration.ofSeconds(1));
    assertThat(putOff.after(429, "0")).contains(Duration.ofSeconds(1));
  }

  @Test
  void repeatsAFailureThreeTimesSoon() {
    assertThat(putOff.after(500, null)).contains(Duration.ofMillis(100));
    assertThat(putOff.afterFailure()).contains(Duration.ofMillis(200));
    assertThat(putOff.after(503, null)).contains(Duration.ofMillis(400));
    assertThat(putOff.afterFailure()).isEmpty();
  }

  @Test
  void everythingElseStands() {
    assertThat(putOff.after(200, null)).isEmpty();
    assertThat(putOff.after(409, null)).isEmpty();
    assertThat(putOff.after(403, "5")).isEmpty();
  }
}
