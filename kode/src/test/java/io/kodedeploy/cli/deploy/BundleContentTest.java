package io.kodedeploy.cli.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.cli.bundle.BundleFile;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.core.config.YamlDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleContentTest {
  @TempDir Path folder;

  @BeforeEach
  void aManifest() throws IOException {
    Files.createDirectories(folder.resolve("deploy/kubernetes"));
    Files.writeString(folder.resolve("deploy/kubernetes/web.yaml"), "kind: Deployment");
  }

  private static String text(List<BundleFile> files, String path) {
    return files.stream()
        .filter(file -> file.path().equals(path))
        .map(file -> new String(file.content(), UTF_8))
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, @Nullable Object> appSpec(List<BundleFile> files) {
    return YamlDocument.mapping(text(files, "appspec.yml")).orElseThrow();
  }

  @Test
  void manifestsAreAppliedWhenNothingElseIsSaid() {
    var files = BundleContent.of(folder, Optional.empty(), Optional.empty());

    assertThat(appSpec(files))
        .containsEntry("version", 0.0)
        .containsEntry("os", "linux")
        .containsEntry("kodedeploy", Map.of("apply", List.of(Map.of("path", "deploy/kubernetes"))));
    assertThat(folder.resolve("appspec.yml")).doesNotExist();
  }

  @Test
  void theAuthorsAppSpecIsUsedAsItIs() throws IOException {
    Files.writeString(folder.resolve("appspec.yml"), "version: 0.0\nos: linux\n");

    var files = BundleContent.of(folder, Optional.empty(), Optional.empty());

    assertThat(text(files, "appspec.yml")).isEqualTo("version: 0.0\nos: linux\n");
  }

  @Test
  void aCommandBecomesAScriptThatRunsInTheBundlesFolder(@TempDir Path bundle) throws Exception {
    var files = BundleContent.of(folder, Optional.of("pwd; cat marker"), Optional.empty());
    Files.createDirectories(bundle.resolve("kodedeploy"));
    Files.writeString(bundle.resolve("marker"), "found");
    Path script = bundle.resolve("kodedeploy/after-install.sh");
    Files.writeString(script, text(files, "kodedeploy/after-install.sh"));

    var process = new ProcessBuilder("bash", script.toString()).directory(folder.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(output).isEqualTo(bundle.toRealPath() + "\nfound");
    assertThat(appSpec(files).get("hooks"))
        .isEqualTo(
            Map.of(
                "AfterInstall",
                List.of(Map.of("location", "kodedeploy/after-install.sh", "timeout", 3600))));
  }

  @Test
  void theScriptIsExecutable() {
    var files = BundleContent.of(folder, Optional.of("true"), Optional.empty());

    assertThat(files)
        .filteredOn(file -> file.path().equals("kodedeploy/after-install.sh"))
        .singleElement()
        .extracting(BundleFile::mode)
        .isEqualTo(0755);
  }

  @Test
  void aCommandWithAnImageBecomesARunStep() {
    var files = BundleContent.of(folder, Optional.of("a: \"b\""), Optional.of("img:1"));

    assertThat(appSpec(files).get("kodedeploy"))
        .isEqualTo(
            Map.of(
                "run",
                List.of(Map.of("event", "AfterInstall", "image", "img:1", "command", "a: \"b\""))));
  }

  @Test
  void anAppSpecAndACommandTogetherAreRefused() throws IOException {
    Files.writeString(folder.resolve("appspec.yml"), "version: 0.0\nos: linux\n");

    assertThatThrownBy(() -> BundleContent.of(folder, Optional.of("true"), Optional.empty()))
        .isInstanceOfSatisfying(
            CliException.class,
            e -> assertThat(e.problem()).isEqualTo(Problem.APPSPEC_AND_COMMAND));
  }

  @Test
  void anImageWithoutACommandIsMisuse() {
    assertThatThrownBy(() -> BundleContent.of(folder, Optional.empty(), Optional.of("img:1")))
        .isInstanceOfSatisfying(CliException.class, e -> assertThat(e.exitCode()).isEqualTo(2));
  }
}
