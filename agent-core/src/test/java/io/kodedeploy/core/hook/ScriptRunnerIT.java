package io.kodedeploy.core.hook;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.config.HookRules;
import io.kodedeploy.core.config.ProcessRules.FolderRule;
import io.kodedeploy.core.conformance.Awaited;
import io.kodedeploy.core.conformance.Specifications;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptRunnerIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path root;

  @Test
  void endsTheWholeGroupAndReportsWhenItIsInterrupted() throws Exception {
    script("sleep 600 & echo $! > $WORK/child; echo $$ > $WORK/leader; wait");
    var result = new CompletableFuture<ScriptResult>();
    var stayedInterrupted = new AtomicBoolean();
    var thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    result.complete(run());
                  } catch (IOException e) {
                    result.completeExceptionally(e);
                  }
                  stayedInterrupted.set(Thread.currentThread().isInterrupted());
                });
    Awaited.within(SOON, "script runs", () -> Files.exists(root.resolve("leader")));

    thread.interrupt();

    assertThat(thread.join(SOON)).isTrue();
    assertThat(result.join())
        .isEqualTo(
            new ScriptResult.Failed(
                ErrorCode.COMMAND_INTERRUPTED,
                "a.sh",
                "Script at specified location: a.sh was ended because the agent is stopping",
                "LifecycleEvent - AfterInstall\nScript - a.sh\n"));
    assertThat(stayedInterrupted).isTrue();
    assertThat(cmdline("leader")).isEmpty();
    assertThat(cmdline("child")).isEmpty();
  }

  @Test
  void writesEveryByteOfALongLineInParts() throws Exception {
    script("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo end");

    var result = run();

    assertThat(result).isEqualTo(new ScriptResult.Succeeded());
    var text = Files.readString(root.resolve("G/d-1/logs/scripts.log"));
    assertThat(text.chars().filter(c -> c == 'x').count()).isEqualTo(1_000_000);
    assertThat(text.split("\\[stdout\\]", -1)).hasSize(1 + 16 + 1);
    assertThat(text).endsWith("[stdout]end\n");
  }

  @Test
  void failsAScriptThatCannotBeStartedForAMissingTool() throws Exception {
    script("true");
    var script = new Script("a.sh", SOON, Optional.of("app"), false);

    var result = run(script, Map.of("PATH", "/no/such/folder"));

    assertThat(result).isInstanceOf(ScriptResult.Failed.class);
    assertThat(((ScriptResult.Failed) result).message())
        .startsWith("Script at specified location: a.sh run as user app failed with error ")
        .contains("with message No such file or directory");
  }

  @Test
  void runsScriptsAtTheSameTimeWithoutMixingTheirOutput() throws Exception {
    script("i=0; while [ $i -lt 200 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done");
    var runs =
        List.of(1, 2, 3, 4).stream()
            .map(
                n ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          try {
                            return run();
                          } catch (IOException e) {
                            throw new AssertionError(e);
                          }
                        }))
            .toList();

    runs.forEach(run -> assertThat(run.join()).isEqualTo(new ScriptResult.Succeeded()));

    assertThat(Files.readAllLines(root.resolve("G/d-1/logs/scripts.log")))
        .hasSize(4 * (2 + 400))
        .allMatch(
            line -> line.matches(".{19} (\\[std(out|err)](out|err) \\d+|Script - .*|Life.*)"));
  }

  private ScriptResult run() throws IOException {
    return run(
        new Script("a.sh", Duration.ofMinutes(10), Optional.empty(), false),
        Map.of("PATH", "/usr/bin:/bin", "WORK", root.toString()));
  }

  private ScriptResult run(Script script, Map<String, String> environment) throws IOException {
    try (var log =
        ScriptLog.of(root.resolve("G/d-1"), "d-1", Optional.empty(), Clock.systemUTC())) {
      return new ScriptRunner(
              environment, HookRules.DEFAULTS, FolderRule.NEW_CLOSED, root.resolve(".pipes"))
          .run(
              "AfterInstall",
              Specifications.with(Map.of()),
              Optional.empty(),
              root.resolve("archive"),
              List.of(script),
              log,
              ScriptTurns.ALL);
    }
  }

  private void script(String text) throws IOException {
    var file = Files.createDirectories(root.resolve("archive")).resolve("a.sh");
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    Files.setAttribute(file, "unix:mode", 0755);
  }

  /** Empty for a process that is gone, or ended and not yet waited for. */
  private String cmdline(String name) throws IOException {
    var pid = Files.readString(root.resolve(name)).strip();
    var file = Path.of("/proc/" + pid + "/cmdline");
    return Files.exists(file) ? Files.readString(file) : "";
  }
}
