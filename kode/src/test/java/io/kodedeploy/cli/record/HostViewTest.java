package io.kodedeploy.cli.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.cli.record.HostView.ApplicationView;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostViewTest {
  private static final Instant WRITTEN = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void aRecordOfMoreThanFifteenMinutesSaysNothing() {
    var view = new HostView("prod", "shop", "green", WRITTEN, Map.of());

    assertThat(view.unknownAt(WRITTEN.plusSeconds(900))).isFalse();
    assertThat(view.unknownAt(WRITTEN.plusSeconds(901))).isTrue();
  }

  @Test
  void theSameDigestIsTheSameBundleWhateverItsKey() {
    var blue = new ApplicationView("s3://b/1", "s3://b/1", "aa", true, "");
    var green = new ApplicationView("s3://b/2", "s3://b/2", "aa", true, "");

    assertThat(blue.same(green)).isTrue();
    assertThat(blue.same(new ApplicationView("s3://b/1", "s3://b/1", "bb", true, ""))).isFalse();
  }

  @Test
  void nothingInstalledIsNeverTheSame() {
    var none = new ApplicationView("s3://b/1", "", "", false, "");

    assertThat(none.same(none)).isFalse();
  }
}
