package io.kodedeploy.cli.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.cli.console.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFolderTest {
  @TempDir Path folder;

  @Test
  void readsFilesWithTheirModesAndLeavesVersionControlOut() throws IOException {
    Files.createDirectories(folder.resolve("deploy"));
    Files.createDirectories(folder.resolve(".git"));
    Files.writeString(folder.resolve(".git/HEAD"), "ref");
    Path script = Files.writeString(folder.resolve("deploy/run.sh"), "#!/bin/sh");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x---"));

    var files = SourceFolder.read(folder);

    assertThat(files)
        .singleElement()
        .satisfies(
            file -> {
              assertThat(file.path()).isEqualTo("deploy/run.sh");
              assertThat(file.mode()).isEqualTo(0750);
              assertThat(new String(file.content(), UTF_8)).isEqualTo("#!/bin/sh");
            });
  }

  @Test
  void aLinkToAFileOfTheFolderCountsAsThatFile() throws IOException {
    Files.writeString(folder.resolve("real.yaml"), "kind: x");
    Files.createSymbolicLink(folder.resolve("link.yaml"), Path.of("real.yaml"));

    var files = SourceFolder.read(folder);

    assertThat(files).extracting(BundleFile::path).contains("link.yaml", "real.yaml");
    assertThat(files).extracting(file -> new String(file.content(), UTF_8)).containsOnly("kind: x");
  }

  @Test
  void aLinkOutOfTheFolderIsRefused(@TempDir Path elsewhere) throws IOException {
    Path secret = Files.writeString(elsewhere.resolve("secret"), "s");
    Files.createSymbolicLink(folder.resolve("link"), secret);

    assertThatThrownBy(() -> SourceFolder.read(folder))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("link to " + secret.toRealPath());
  }

  @Test
  void whatIsNoFolderIsRefused() {
    assertThatThrownBy(() -> SourceFolder.read(folder.resolve("missing")))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("is no folder");
  }
}
