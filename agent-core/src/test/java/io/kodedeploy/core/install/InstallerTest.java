package io.kodedeploy.core.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.conformance.Specifications;
import io.kodedeploy.core.store.DeploymentPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Installs of many files, and over what is in use. */
class InstallerTest {
  private static final Map<String, Object> OVERWRITE =
      Map.of(
          "AgentActionOverrides",
          Map.of("AgentOverrides", Map.of("FileExistsBehavior", "OVERWRITE")));

  @TempDir Path temporary;

  private DeploymentPaths paths;
  private Path source;
  private Path target;

  @BeforeEach
  void prepare() throws IOException {
    paths = new DeploymentPaths(temporary.resolve("cd"));
    var archive = DeploymentPaths.archive(paths.deployment("G", "d-1"));
    source = Files.createDirectories(archive.resolve("app"));
    target = temporary.resolve("srv");
    appSpec("");
  }

  @Test
  void replacesAProgramThatRuns() throws Exception {
    Files.createDirectory(target);
    var program = Files.copy(Path.of("/bin/sleep").toRealPath(), target.resolve("program"));
    Files.setAttribute(program, "unix:mode", 0755);
    Files.writeString(source.resolve("program"), "new");
    var running = new ProcessBuilder(program.toString(), "60").start();
    try {
      install();

      assertThat(program).hasContent("new");
      assertThat(running.isAlive()).isTrue();
    } finally {
      running.destroyForcibly().waitFor();
    }
  }

  @Test
  void overwritesManyFilesAndMakesManyNewOnes() throws Exception {
    Files.createDirectory(target);
    for (var n = 0; n < 600; n++) {
      Files.writeString(source.resolve("f" + n), "new " + n);
      Files.setAttribute(source.resolve("f" + n), "unix:mode", 0600 | n % 64);
      if (n % 3 == 0) {
        Files.writeString(target.resolve("f" + n), "an old and longer text " + n);
      }
    }

    install();

    for (var n = 0; n < 600; n++) {
      var file = target.resolve("f" + n);
      assertThat(file).hasContent("new " + n);
      assertThat((Integer) Files.getAttribute(file, "unix:mode") & 07777).isEqualTo(0600 | n % 64);
      assertThat(Files.getLastModifiedTime(file))
          .isEqualTo(Files.getLastModifiedTime(source.resolve("f" + n)));
    }
    assertThat(Files.readAllLines(paths.cleanup("G")))
        .hasSize(600)
        .isSorted()
        .startsWith(target.resolve("f0").toString());
  }

  @Test
  void givesOneProcessAtMostFiveHundredFiles() throws Exception {
    var tools = Files.createDirectory(temporary.resolve("bin"));
    var tool =
        Files.writeString(
            tools.resolve("setfacl"), "#!/bin/sh\necho $# >> " + temporary + "/ran\n");
    Files.setAttribute(tool, "unix:mode", 0755);
    for (var n = 0; n < 501; n++) {
      Files.writeString(source.resolve("f%03d".formatted(n)), "x");
    }
    appSpec(
        "permissions: [{object: " + target + ", type: [file], mode: 644, acls: ['u:bob:7']}]\n");

    install();

    // --set, the list, and the files
    assertThat(Files.readAllLines(temporary.resolve("ran"))).containsExactly("502", "3");
  }

  @Test
  void stopsBetweenFilesWhenTheAgentStops() throws Exception {
    Files.writeString(source.resolve("f"), "x");
    Thread.currentThread().interrupt();

    assertThatThrownBy(this::install).isInstanceOf(InterruptedException.class);

    assertThat(paths.lastSuccessfulInstall("G")).doesNotExist();
  }

  @Test
  void keepsSetuidOfASourceItOwns() throws Exception {
    Files.writeString(source.resolve("f"), "x");
    Files.setAttribute(source.resolve("f"), "unix:mode", 04755);

    install();

    assertThat((Integer) Files.getAttribute(target.resolve("f"), "unix:mode") & 07777)
        .isEqualTo(04755);
  }

  private void appSpec(String permissions) throws IOException {
    Files.writeString(
        source.resolveSibling("appspec.yaml"),
        "version: 0.0\nos: linux\nfiles: [{source: app, destination: "
            + target
            + "}]\n"
            + permissions);
  }

  private void install() throws InterruptedException {
    new Installer(
            paths,
            Map.of("PATH", temporary.resolve("bin") + ":/usr/bin:/bin"),
            BundleRules.DEFAULTS)
        .run(Specifications.with(OVERWRITE));
  }
}
