package io.kodedeploy.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.store.DeploymentMarkers;
import io.kodedeploy.core.store.DeploymentPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevisionArchiveTest {
  private static final String APPSPEC = "version: 0.0\nos: linux\n";

  @TempDir Path archive;

  @Test
  void prefersTheConfiguredName() throws IOException { // HA-259
    Files.createDirectory(archive.resolve("deploy"));
    write("deploy/prod.yml", "appspec.yml");

    assertThat(RevisionArchive.appSpec(archive, "deploy/prod.yml").file())
        .isEqualTo(archive.resolve("deploy/prod.yml"));
  }

  @Test
  void fallsBackToAppspecYamlBeforeAppspecYml() throws IOException { // HA-260
    write("appspec.yaml", "appspec.yml");

    assertThat(RevisionArchive.appSpec(archive, "deploy/prod.yml").file())
        .isEqualTo(archive.resolve("appspec.yaml"));
  }

  @Test
  void refusesAnAppSpecThatIsALinkOutOfTheBundle() throws IOException {
    var secret = Files.writeString(archive.resolveSibling("secret-" + archive.getFileName()), "x");
    Files.createSymbolicLink(archive.resolve("appspec.yml"), secret);

    try {
      assertThatThrownBy(() -> RevisionArchive.appSpec(archive, "appspec.yml"))
          .isInstanceOf(AgentException.class)
          .hasMessageContaining("leads out of the bundle");
    } finally {
      Files.delete(secret);
    }
  }

  @Test
  void ignoresTheNewlineOfAMarker() throws IOException { // HA-166
    var paths = new DeploymentPaths(archive);
    Files.createDirectories(paths.instructions());
    Files.writeString(paths.lastSuccessfulInstall("G"), "/opt/cd/G/d-0\n");

    assertThat(new DeploymentMarkers(paths).lastSuccessfulInstall("G"))
        .contains(Path.of("/opt/cd/G/d-0"));
  }

  private void write(String... names) throws IOException {
    for (var name : names) {
      Files.writeString(archive.resolve(name), APPSPEC);
    }
  }
}
