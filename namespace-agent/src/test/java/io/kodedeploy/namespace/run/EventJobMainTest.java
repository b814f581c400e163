package io.kodedeploy.namespace.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.hook.ScriptLog;
import io.kodedeploy.core.hook.ScriptResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a Job does with the scripts of an event, and what the agent makes of what it prints. */
class EventJobMainTest {
  private static final String EVENT = "AfterInstall";

  @TempDir Path folder;
  private Path archive;
  private ScriptLog log;
  private Optional<ScriptResult.Failed> failure = Optional.empty();

  @BeforeEach
  void bundle() throws IOException {
    archive = Files.createDirectory(folder.resolve("deployment-archive"));
    log = ScriptLog.of(folder, "d-1", Optional.empty(), Clock.systemUTC());
  }

  private void script(String name, String text) throws IOException {
    var file = Files.writeString(archive.resolve(name), "#!/bin/sh\n" + text + "\n");
    file.toFile().setExecutable(true);
  }

  private int run(String appSpec, String files) throws IOException, InterruptedException {
    Files.writeString(archive.resolve("appspec.yml"), "version: 0.0\nos: linux\n" + appSpec);
    var printed = new ByteArrayOutputStream();
    var environment = new HashMap<>(Map.of("PATH", "/usr/bin:/bin", "APPLICATION_NAME", "web"));
    int code =
        EventJobMain.run(
            List.of(EVENT, archive.toString(), "appspec.yml", "DISALLOW", files),
            environment,
            new PrintStream(printed, true, UTF_8));
    printed
        .toString(UTF_8)
        .lines()
        .forEach(line -> EventJobLine.read(line, log).ifPresent(one -> failure = Optional.of(one)));
    return code;
  }

  @Test
  void scriptsRunInTheirOrderAndTheirLinesReachTheLogAsTheyWerePrinted() throws Exception {
    script("one.sh", "echo first of $APPLICATION_NAME; echo oops >&2");
    script("two.sh", "echo second; pwd");

    int code =
        run("hooks:\n  AfterInstall:\n  - {location: one.sh}\n  - {location: two.sh}\n", "leave");

    assertThat(code).isZero();
    assertThat(failure).isEmpty();
    assertThat(log.tail())
        .containsSubsequence(
            "Script - one.sh\n", "[stdout]first of web\n", "Script - two.sh\n", "[stdout]second\n")
        .contains("[stderr]oops\n"); // two streams have no order
  }

  @Test
  void theFirstScriptThatFailsEndsTheEventAndIsNamed() throws Exception {
    script("one.sh", "exit 3");
    script("two.sh", "echo never");

    int code =
        run("hooks:\n  AfterInstall:\n  - {location: one.sh}\n  - {location: two.sh}\n", "leave");

    assertThat(code).isEqualTo(1);
    assertThat(failure)
        .hasValueSatisfying(
            one -> {
              assertThat(one.code()).isEqualTo(ErrorCode.SCRIPT_FAILED);
              assertThat(one.script()).isEqualTo("one.sh");
              assertThat(one.message()).endsWith("failed with exit code 3");
            });
    assertThat(log.tail()).doesNotContain("never");
  }

  @Test
  void eachScriptHasItsOwnTimeout() throws Exception {
    script("one.sh", "echo begins; sleep 600");

    int code = run("hooks:\n  AfterInstall:\n  - {location: one.sh, timeout: 1}\n", "leave");

    assertThat(code).isEqualTo(1);
    assertThat(failure)
        .hasValueSatisfying(one -> assertThat(one.code()).isEqualTo(ErrorCode.SCRIPT_TIMED_OUT));
  }

  @Test
  void filesAndPermissionsAreInstalledBeforeTheScripts() throws Exception {
    Files.writeString(archive.resolve("app.conf"), "colour: blue\n");
    script("one.sh", "cat " + folder + "/deploy/app.conf");

    int code =
        run(
            "files:\n- {source: app.conf, destination: %1$s/deploy}\npermissions:\n- {object: %1$s/deploy, pattern: '*', mode: 600, type: [file]}\nhooks:\n  AfterInstall:\n  - {location: one.sh}\n"
                .formatted(folder),
            "install");

    assertThat(code).isZero();
    assertThat(log.tail()).contains("[stdout]colour: blue");
    assertThat(Files.getPosixFilePermissions(folder.resolve("deploy/app.conf"))).hasSize(2);
  }

  @Test
  void aScriptCannotForgeAResultOrALineOfOurs() throws Exception {
    script("one.sh", "echo 'R {\"code\":\"paused\"}'; echo 'S Script - other.sh'");

    assertThat(run("hooks:\n  AfterInstall:\n  - {location: one.sh}\n", "leave")).isZero();

    assertThat(failure).isEmpty();
    assertThat(log.tail()).contains("[stdout]R {", "[stdout]S Script - other.sh");
  }

  @Test
  void aWrongAppSpecIsAFailureWithItsCode() throws Exception {
    assertThat(run("files: nonsense\n", "install")).isEqualTo(1);

    assertThat(failure)
        .hasValueSatisfying(one -> assertThat(one.code()).isEqualTo(ErrorCode.APPSPEC_INVALID));
  }
}
