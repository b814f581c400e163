package io.kodedeploy.cli.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.cli.release.Probes.Sample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbesTest {
  @ParameterizedTest
  @CsvSource({
    "250, 25, 10, true",
    "250, 5, 10, false",
    "250, 50, 10, false",
    "1000, 0, 1, false",
    "60, 30, 50, true",
    "60, 5, 50, false",
    "60, 60, 100, true",
    "60, 59, 100, false",
    "60, 0, 100, false"
  })
  void aShareFitsWithinItsOwnScatter(int sent, int marked, int percent, boolean fits) {
    assertThat(new Sample(sent, marked, 0, "").fits(percent)).isEqualTo(fits);
  }

  @Test
  void aSmallShareNeedsManyProbes() {
    assertThat(Probes.enough(100)).isEqualTo(60);
    assertThat(Probes.enough(10)).isEqualTo(250);
    assertThat(Probes.enough(1)).isEqualTo(1000);
  }

  @Test
  void oneFailedProbeIsEnough() {
    assertThat(new Sample(60, 30, 1, "HTTP 503").fits(50)).isFalse();
  }
}
