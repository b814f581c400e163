package io.kodedeploy.core.hook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kodedeploy.core.config.HookRules;
import io.kodedeploy.core.config.ProcessRules.FolderRule;
import io.kodedeploy.core.conformance.Awaited;
import io.kodedeploy.core.conformance.Case;
import io.kodedeploy.core.conformance.Cases;
import io.kodedeploy.core.conformance.Specifications;
import io.kodedeploy.core.spec.AppSpecReader;
import io.kodedeploy.core.spec.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Cases of hooks with real processes. */
class HookConformanceIT {
  private static final String EVENT = "AfterInstall";
  private static final String TIME = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d";

  @TempDir Path temporary;
  private int roots;

  @TestFactory
  Stream<DynamicTest> hooks() {
    return Cases.of("hooks.yml", given -> new Run(given, newRoot()).check());
  }

  private Path newRoot() throws IOException {
    return Files.createDirectory(temporary.resolve("root" + roots++)).toRealPath();
  }

  /** One case in a root of its own. */
  private static final class Run {
    private final Case given;
    private final Path deployment;
    private final Path archive;
    private final Path work;
    private final Path deploymentsLog;
    private final Map<String, String> environment = new HashMap<>();

    Run(Case given, Path root) throws IOException {
      this.given = given;
      this.deployment = root.resolve("G/d-1");
      this.archive =
          root.resolve("G")
              .resolve(given.text("archive").orElse("d-1"))
              .resolve("deployment-archive");
      this.work = Files.createDirectories(root.resolve("work"));
      this.deploymentsLog = root.resolve("deployment-logs/codedeploy-agent-deployments.log");
      Files.createDirectories(archive);
      var path = Files.createDirectories(root.resolve("bin"));
      for (var fake : given.map("fakes").entrySet()) {
        write(path.resolve(fake.getKey()), "#!/bin/sh\n" + fake.getValue() + "\n", "0755");
      }
      environment.put("PATH", path + ":/usr/sbin:/usr/bin:/sbin:/bin");
      environment.put("WORK", work.toString());
      given.map("environment").forEach((name, value) -> environment.put(name, value.toString()));
      for (var file : given.map("files").entrySet()) {
        file(archive.resolve(file.getKey()), file.getValue());
      }
    }

    void check() throws Exception {
      if (given.flag("runAsReal")) {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        open(archive);
      }
      try {
        var began = System.nanoTime();
        var result = run(EVENT, scripts(given.value("scripts").orElseThrow()));
        var took = Duration.ofNanos(System.nanoTime() - began).toMillis() / 1000.0;
        if (given.has("next")) {
          var next = given.map("next");
          run(next.get("event").toString(), scripts(next.get("scripts")));
        }
        checkResult(result);
        given
            .text("atLeastSeconds")
            .ifPresent(least -> assertThat(took).isGreaterThanOrEqualTo(Double.parseDouble(least)));
        given
            .text("atMostSeconds")
            .ifPresent(most -> assertThat(took).isLessThan(Double.parseDouble(most)));
        checkDisk();
        checkLogs();
      } finally {
        for (var daemon : given.texts("alive")) {
          process(daemon).ifPresent(ProcessHandle::destroyForcibly);
        }
      }
    }

    private ScriptResult run(String event, List<Script> scripts) throws Exception {
      var deployments =
          given.flag("noDeploymentsLog")
              ? Optional.<DeploymentsLog>empty()
              : Optional.of(new DeploymentsLog(deploymentsLog, Clock.systemUTC()));
      try (var log = ScriptLog.of(deployment, "d-1", deployments, Clock.systemUTC())) {
        var result =
            new ScriptRunner(
                    environment, rules(), FolderRule.NEW_CLOSED, work.resolveSibling(".pipes"))
                .run(
                    event,
                    Specifications.with(given.map("set")),
                    given.text("observed"),
                    archive,
                    scripts,
                    log,
                    ScriptTurns.ALL);
        if (result instanceof ScriptResult.Succeeded) {
          given.text("log").ifPresent(text -> assertThat(log.tail()).isEqualTo(text));
        }
        return result;
      } finally {
        if (deployments.isPresent()) {
          deployments.get().close();
        }
      }
    }

    private HookRules rules() {
      var rules = given.map("rules");
      return new HookRules(
          !Boolean.FALSE.equals(rules.get("stripLoader")),
          Boolean.TRUE.equals(rules.get("allowlist")));
    }

    private void checkResult(ScriptResult result) {
      if (!given.has("code")) {
        assertThat(result).isEqualTo(new ScriptResult.Succeeded());
        return;
      }
      assertThat(result).isInstanceOf(ScriptResult.Failed.class);
      var failed = (ScriptResult.Failed) result;
      assertThat(failed.code().id()).isEqualTo(given.required("code"));
      given.text("script").ifPresent(text -> assertThat(failed.script()).isEqualTo(text));
      given.text("message").ifPresent(text -> assertThat(failed.message()).isEqualTo(real(text)));
      given
          .text("messageStart")
          .ifPresent(text -> assertThat(failed.message()).startsWith(real(text)));
      given.text("messageHas").ifPresent(text -> assertThat(failed.message()).contains(text));
      given.text("log").ifPresent(text -> assertThat(failed.log()).isEqualTo(text));
      given.text("logMatches").ifPresent(text -> assertThat(failed.log()).matches(text));
      given.text("logEnds").ifPresent(text -> assertThat(failed.log()).endsWith(text));
      assertThat(failed.log().length()).isLessThan(2048);
    }

    private void checkDisk() throws Exception {
      for (var file : given.map("written").entrySet()) {
        assertThat(work.resolve(file.getKey())).hasContent(real(file.getValue().toString()));
      }
      for (var file : given.map("eventually").entrySet()) {
        var path = work.resolve(file.getKey());
        Awaited.within(Duration.ofSeconds(20), path + " exists", () -> Files.exists(path));
        assertThat(path).hasContent(file.getValue().toString());
      }
      given.texts("absent").forEach(name -> assertThat(work.resolve(name)).doesNotExist());
      for (var name : given.texts("gone")) {
        assertThat(process(name).filter(Run::runs)).as(name).isEmpty();
      }
      for (var name : given.texts("alive")) {
        assertThat(process(name).filter(Run::runs)).as(name).isPresent();
      }
      try (var names = Files.list(deployment.resolve("logs"))) {
        assertThat(names).allMatch(name -> name.endsWith("scripts.log"));
      } catch (NoSuchFileException none) {
        assertThat(given.flag("noScriptsLog")).isTrue();
      }
    }

    private void checkLogs() throws IOException {
      var file = deployment.resolve("logs/scripts.log");
      if (given.flag("noScriptsLog")) {
        assertThat(file).doesNotExist();
        return;
      }
      var text = Files.readString(file, ISO_8859_1);
      if (given.has("scriptsLog")) {
        assertThat(text.lines()).allMatch(line -> line.matches(TIME + " .*"));
        assertThat(text.lines().map(line -> line.substring(20)))
            .containsExactlyInAnyOrderElementsOf(given.texts("scriptsLog"));
      }
      given.texts("printed").forEach(line -> assertThat(text).contains("[stdout]" + line + "\n"));
      given.text("scriptsLogMatches").ifPresent(regex -> assertThat(text).matches(regex));
      given
          .text("scriptsLogHex")
          .ifPresent(
              hex ->
                  assertThat(text).contains(new String(HexFormat.of().parseHex(hex), ISO_8859_1)));
      if (given.has("deploymentsLog")) {
        assertThat(Files.readString(deploymentsLog).lines().map(line -> line.substring(26)))
            .containsExactlyElementsOf(
                given.texts("deploymentsLog").stream().map(e -> "[d-1]" + e).toList());
        assertThat(Files.readString(deploymentsLog))
            .matches("(?s)\\[" + TIME + "\\.\\d{3}\\] \\[d-1\\].*");
      }
      if (given.flag("noDeploymentsLog")) {
        assertThat(deploymentsLog).doesNotExist();
      }
    }

    private Optional<ProcessHandle> process(String name) throws IOException {
      var file = work.resolve(name);
      return Files.exists(file)
          ? ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
          : Optional.empty();
    }

    /** An orphan that has ended stays a zombie where process 1 waits for nobody. */
    private static boolean runs(ProcessHandle process) {
      try {
        var stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"), ISO_8859_1);
        return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
      } catch (IOException _) {
        return false;
      }
    }

    private List<Script> scripts(Object entries) {
      var json = JsonMapper.shared().writeValueAsString(entries);
      var appSpec = "version: 0.0\nos: linux\nhooks: {AfterInstall: " + json + "}\n";
      return AppSpecReader.read(archive.resolve("appspec.yml"), appSpec.getBytes(UTF_8))
          .scripts("AfterInstall");
    }

    private String real(String text) {
      return text.replace("<archive>", archive.toString());
    }

    private static void file(Path path, Object file) throws IOException {
      Files.createDirectories(path.getParent());
      if (file instanceof Map<?, ?> members) {
        var text = members.get("text").toString();
        var mode = members.containsKey("mode") ? members.get("mode").toString() : "0755";
        write(path, members.containsKey("bare") ? text : "#!/bin/sh\n" + text + "\n", mode);
      } else {
        write(path, "#!/bin/sh\n" + file + "\n", "0755");
      }
    }

    private static void write(Path path, String text, String mode) throws IOException {
      Files.writeString(path, text);
      Files.setAttribute(path, "unix:mode", Integer.parseInt(mode, 8));
    }

    /** Another account must be able to reach the script below the temporary folder. */
    private static void open(Path path) throws IOException {
      for (var folder = path; folder.getNameCount() > 1; folder = folder.getParent()) {
        Files.setAttribute(folder, "unix:mode", 0755);
      }
    }
  }
}
