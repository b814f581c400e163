package io.kodedeploy.cli.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.TimeZone;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.Test;

class BundleZipTest {
  private static final BundleFile A = BundleFile.text("a.txt", "alpha");
  private static final BundleFile B = BundleFile.script("deploy/b.sh", "beta");

  @Test
  void theSameContentHasTheSameDigestInAnyOrderAndTimeZone() {
    var first = BundleZip.of(List.of(A, B));

    var zone = TimeZone.getDefault();
    Bundle second;
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
      second = BundleZip.of(List.of(B, A));
    } finally {
      TimeZone.setDefault(zone);
    }

    assertThat(second.sha256()).isEqualTo(first.sha256());
    assertThat(second.zip()).isEqualTo(first.zip());
  }

  @Test
  void anotherModeIsAnotherBundle() {
    var executable = BundleZip.of(List.of(B));
    var plain = BundleZip.of(List.of(BundleFile.text(B.path(), "beta")));

    assertThat(plain.sha256()).isNotEqualTo(executable.sha256());
  }

  @Test
  void contentsAndModesAreKept() throws IOException {
    var bundle = BundleZip.of(List.of(A, B));

    try (var zip =
        ZipFile.builder()
            .setSeekableByteChannel(new SeekableInMemoryByteChannel(bundle.zip()))
            .get()) {
      var script = zip.getEntry("deploy/b.sh");
      assertThat(script.getUnixMode() & 0777).isEqualTo(0755);
      assertThat(new String(zip.getInputStream(script).readAllBytes(), UTF_8)).isEqualTo("beta");
      assertThat(zip.getEntry("a.txt").getUnixMode() & 0777).isEqualTo(0644);
    }
  }

  @Test
  void twoFilesOfOneNameAreRefused() {
    assertThatThrownBy(() -> BundleZip.of(List.of(A, A)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a.txt");
  }
}
