package io.kodedeploy.core.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.protocol.DiagnosticCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the service hears of a success. */
class SuccessReportTest {
  @TempDir Path directory;

  @Test
  @DisplayName("HA-332 never reports the output of a successful script")
  void neverReportsTheOutputOfASuccessfulScript() throws Exception {
    try (var harness = new HostHarness(directory, "wait_between_runs: 0", true).start()) {
      var folder =
          harness.revision(
              "G",
              "d-1",
              HostHarness.appSpec("hooks:\n  AfterInstall:\n    - location: a.sh\n"),
              Map.of("a.sh", "#!/bin/sh\necho secret of the host\necho more >&2\n"));

      harness.service.hand("c-1", "AfterInstall", "G", "d-1");

      var diagnostics = harness.service.report().diagnostics();
      assertThat(diagnostics.code()).isEqualTo(DiagnosticCode.SUCCESS);
      assertThat(diagnostics.message()).isEqualTo("Succeeded: ");
      assertThat(diagnostics.log()).isEmpty();
      assertThat(Files.readString(folder.resolve("logs/scripts.log")))
          .contains("secret of the host");
    }
  }
}
