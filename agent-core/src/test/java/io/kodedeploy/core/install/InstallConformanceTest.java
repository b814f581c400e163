package io.kodedeploy.core.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.conformance.Case;
import io.kodedeploy.core.conformance.Cases;
import io.kodedeploy.core.conformance.Specifications;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.store.DeploymentPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Cases of Install on a real file system below a temporary root. */
class InstallConformanceTest {
  private static final List<String> EVENTS =
      List.of(
          "BeforeBlockTraffic",
          "AfterBlockTraffic",
          "ApplicationStop",
          "DownloadBundle",
          "BeforeInstall",
          "Install",
          "AfterInstall",
          "ApplicationStart",
          "ValidateService",
          "BeforeAllowTraffic",
          "AfterAllowTraffic");

  @TempDir Path temporary;
  private int roots;

  @TestFactory
  Stream<DynamicTest> install() {
    return Cases.of(
        "install.yml",
        given -> {
          var root = Files.createDirectory(temporary.resolve("root" + roots++)).toRealPath();
          new Run(given, root).check();
        });
  }

  /** One case in a root of its own. */
  private static final class Run {
    private final Case given;
    private final Path root;
    private final DeploymentPaths paths;
    private final Path archive;

    Run(Case given, Path root) throws IOException {
      this.given = given;
      this.root = root;
      this.paths = new DeploymentPaths(root.resolve("cd"));
      this.archive = DeploymentPaths.archive(paths.deployment("G", "d-1"));
      Files.createDirectories(archive);
      Files.createDirectories(paths.instructions());
      Files.writeString(
          archive.resolve(given.text("appspecName").orElse("appspec.yml")),
          "version: 0.0\nos: linux\n" + real(given.required("appspec")) + "\n");
      for (var file : given.map("archive").entrySet()) {
        make(archive.resolve(file.getKey()), file.getValue().toString());
      }
      for (var file : given.map("host").entrySet()) {
        make(root.resolve(file.getKey()), file.getValue().toString());
      }
      if (given.has("stamp")) {
        var file = archive.resolve(given.required("stamp"));
        Files.setAttribute(file, "unix:mode", 0640);
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2001-02-03T00:00:00Z")));
      }
      if (given.has("previous")) {
        Files.writeString(paths.cleanup("G"), real(given.required("previous")));
      }
      Files.createDirectories(root.resolve("bin"));
      for (var tool : given.texts("tools")) {
        var file = root.resolve("bin").resolve(tool);
        var status = given.flag("toolFails") ? "echo no such luck >&2; exit 1" : "exit 0";
        Files.writeString(
            file, "#!/bin/sh\necho " + tool + " \"$@\" >> " + root + "/ran\n" + status + "\n");
        Files.setAttribute(file, "unix:mode", 0755);
      }
    }

    void check() throws Exception {
      assumeTrue(
          !given.required("appspec").contains("owner: root")
              || "root".equals(System.getProperty("user.name")),
          "needs root");
      var path = root.resolve("bin") + (given.has("tools") ? "" : ":/usr/bin:/bin");
      var installer = new Installer(paths, Map.of("PATH", path), rules());
      var changes = new HashMap<String, Object>();
      given
          .text("behavior")
          .ifPresent(
              text ->
                  changes.put(
                      "AgentActionOverrides",
                      Map.of("AgentOverrides", Map.of("FileExistsBehavior", text))));
      if (given.flag("events")) {
        changes.put("AllPossibleLifecycleEvents", EVENTS);
      }
      var spec = Specifications.with(changes);

      if (given.has("fails")) {
        var failure = catchThrowableOfType(AgentException.class, () -> installer.run(spec));
        assertThat(failure).isNotNull();
        assertThat(failure.code().id()).isEqualTo(given.required("fails"));
        given.text("message").ifPresent(text -> assertThat(failure).hasMessage(real(text)));
        given
            .texts("contains")
            .forEach(part -> assertThat(failure).hasMessageContaining(real(part)));
      } else {
        installer.run(spec);
      }

      checkRecords();
      checkDisk();
    }

    /** As the official file sets them. */
    private BundleRules rules() throws IOException {
      var file = root.resolve("codedeployagent.yml");
      var lines = new StringBuilder("max_revisions: 5\n");
      given.map("rules").forEach((key, value) -> lines.append(key + ": " + value + "\n"));
      Files.writeString(file, lines);
      return CodeDeployAgentConfig.read(file).bundleRules();
    }

    private void checkRecords() throws IOException {
      if (given.has("instructions")) {
        assertThat(instructions())
            .containsExactlyElementsOf(
                given.texts("instructions").stream().map(this::real).toList());
      }
      if (given.has("json")) {
        assertThat(paths.installInstructions("G")).hasContent(real(given.required("json")));
      }
      if (given.has("cleanup")) {
        assertThat(Files.readString(paths.cleanup("G"))).isEqualTo(real(given.required("cleanup")));
      }
      if (given.has("marker")) {
        var marker = paths.lastSuccessfulInstall("G");
        if (given.flag("marker")) {
          assertThat(Files.readString(marker)).isEqualTo(paths.deployment("G", "d-1").toString());
        } else {
          assertThat(marker).doesNotExist();
        }
      }
      if (given.has("ran")) {
        assertThat(Files.readAllLines(root.resolve("ran")))
            .containsExactlyElementsOf(given.texts("ran").stream().map(this::real).toList());
      }
    }

    private void checkDisk() throws IOException {
      for (var file : given.map("files").entrySet()) {
        assertThat(root.resolve(file.getKey())).hasContent(file.getValue().toString());
      }
      for (var file : given.map("links").entrySet()) {
        assertThat(Files.readSymbolicLink(root.resolve(file.getKey())))
            .hasToString(file.getValue().toString());
      }
      for (var file : given.map("modes").entrySet()) {
        var mode = (Integer) Files.getAttribute(root.resolve(file.getKey()), "unix:mode");
        assertThat(Integer.toOctalString(mode & 07777)).isEqualTo(file.getValue().toString());
      }
      for (var file : given.map("times").entrySet()) {
        assertThat(Files.getLastModifiedTime(root.resolve(file.getKey())))
            .hasToString(file.getValue().toString());
      }
      for (var folder : given.texts("folders")) {
        assertThat(Files.isDirectory(root.resolve(folder), NOFOLLOW_LINKS)).as(folder).isTrue();
      }
      for (var name : given.texts("absent")) {
        assertThat(Files.exists(root.resolve(name), NOFOLLOW_LINKS)).as(name).isFalse();
      }
    }

    /** The instruction file in one line each: type and values. */
    private List<String> instructions() throws IOException {
      var lines = new ArrayList<String>();
      var text = Files.readString(paths.installInstructions("G"), UTF_8);
      for (var instruction : JsonMapper.shared().readTree(text).get("instructions")) {
        var line = new ArrayList<String>();
        for (var value : instruction.values()) {
          line.add(shown(value));
        }
        lines.add(String.join(" ", line));
      }
      return lines;
    }

    private static String shown(JsonNode value) {
      if (value.isArray()) {
        return String.join(",", value.valueStream().map(JsonNode::asString).toList());
      }
      if (value.isObject()) {
        return value.get("type").asString();
      }
      return value.isNull() ? "-" : value.asString();
    }

    private String real(String text) {
      return text.replace("<root>", root.toString()).replace("<archive>", archive.toString());
    }

    private void make(Path path, String what) throws IOException {
      Files.createDirectories(path.getParent());
      if (what.equals("~dir")) {
        Files.createDirectories(path);
        Files.setAttribute(path, "unix:mode", 0755);
      } else if (what.startsWith("~link ")) {
        Files.createSymbolicLink(path, Path.of(real(what.substring(6))));
      } else {
        Files.writeString(path, what);
        Files.setAttribute(path, "unix:mode", 0644);
      }
    }
  }
}
