package io.kodedeploy.core.hook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
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
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Scripts that fork, flood, hang on, break their log or themselves, with real processes. */
class ScriptBadDaysIT {
  private static final Duration SOON = ofSeconds(20);
  private static final ScriptResult SUCCEEDED = new ScriptResult.Succeeded();

  @TempDir Path root;
  private ScriptRunner runner;

  @BeforeEach
  void open() {
    runner =
        new ScriptRunner(
            Map.of("PATH", "/usr/bin:/bin", "WORK", root.toString()),
            HookRules.DEFAULTS,
            FolderRule.NEW_CLOSED,
            root.resolve(".pipes"));
  }

  @Test
  void leavesNoThreadNoHandleAndNoProcessBehind() throws Exception {
    assertThat(run("true", SOON)).isEqualTo(SUCCEEDED);
    var handles = handles();
    var children = children();

    for (int i = 0; i < 15; i++) {
      run("echo one; echo two >&2", SOON);
      run("exit 3", SOON);
      run("sleep 600 >/dev/null 2>&1 & echo $! > $WORK/daemon", SOON);
      kill("daemon");
    }
    run("trap '' TERM; while :; do sleep 0.1; done", ofSeconds(1));
    run("sleep 600 & echo $! > $WORK/daemon", ofSeconds(1));
    kill("daemon");

    Awaited.within(SOON, "readers end", () -> readers() == 0);
    Awaited.within(SOON, "handles are closed", () -> handles() <= handles);
    Awaited.within(SOON, "children are waited for", () -> children() <= children);
    assertThat(names(root.resolve(".pipes")))
        .as("one pair serves scripts that follow each other, a pair left open is gone")
        .hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void endsAllChildrenOfAForkingScriptAtItsTimeLimit() throws Exception {
    var script =
        "i=0; while [ $i -lt 100 ]; do (sleep 600; sleep 600) & i=$((i+1)); done;"
            + " echo $$ > $WORK/leader; wait";

    var result = run(script, ofSeconds(3));

    assertThat(code(result)).isEqualTo(ErrorCode.SCRIPT_TIMED_OUT);
    long group = Long.parseLong(Files.readString(root.resolve("leader")).strip());
    Awaited.within(SOON, "the group is gone", () -> livingMembers(group) == 0);
  }

  @Test
  void aDaemonThatLeavesTheGroupByTwoForksDoesNotDelayTheEvent() throws Exception {
    var script =
        "(setsid sh -c 'echo $$ > $WORK/daemon; exec sleep 600' </dev/null >/dev/null 2>&1 &)";
    long began = System.nanoTime();

    var result = run(script, ofSeconds(60));

    assertThat(result).isEqualTo(SUCCEEDED);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
    Awaited.within(SOON, "daemon runs", () -> Files.exists(root.resolve("daemon")));
    kill("daemon");
  }

  /** 100 MB through a heap of 24: two outputs, bounded buffers, a log that is turned at 64 MiB. */
  @Test
  void aFloodOfOutputNeedsLittleMemoryAndTurnsTheLog() throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var flood =
        new ProcessBuilder(
                java,
                "-XX:+UseSerialGC",
                "-Xmx24m",
                "-cp",
                System.getProperty("java.class.path"),
                FloodedProcess.class.getName(),
                root.toString())
            .redirectErrorStream(true)
            .redirectOutput(root.resolve("flood.txt").toFile())
            .start();

    assertThat(flood.waitFor(120, TimeUnit.SECONDS)).isTrue();

    assertThat(root.resolve("flood.txt")).content().contains("Succeeded[]");
    var logs = root.resolve("G/d-1/logs");
    assertThat(names(logs)).containsExactlyInAnyOrder("scripts.log", "scripts.log.1");
    assertThat(Files.size(logs.resolve("scripts.log.1"))).isLessThanOrEqualTo(64L << 20);
    assertThat(Files.size(logs.resolve("scripts.log")) + Files.size(logs.resolve("scripts.log.1")))
        .isGreaterThan(100_000_000L);
  }

  @Test
  void aFullDiskUnderTheLogIsSaidOnceAndFailsNoScript() throws Exception {
    var logs = Files.createDirectories(root.resolve("G/d-1/logs"));
    Files.createSymbolicLink(logs.resolve("scripts.log"), Path.of("/dev/full"));
    var heard = new ListAppender<ILoggingEvent>();
    heard.start();
    var logger = (Logger) LoggerFactory.getLogger(ScriptLog.class);
    logger.addAppender(heard);

    try {
      var result = run("i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done", SOON);
      assertThat(result).isEqualTo(SUCCEEDED);
      var failed = run("echo why; exit 1", SOON);

      assertThat(((ScriptResult.Failed) failed).log()).endsWith("[stdout]why\n");
    } finally {
      logger.detachAppender(heard);
    }

    assertThat(heard.list.stream().filter(e -> e.getLevel() == Level.ERROR))
        .as("once an event")
        .hasSize(2)
        .allMatch(event -> event.getMessage().equals("script log incomplete"));
  }

  @Test
  void everyByteReachesTheLog() throws Exception {
    var all = new StringBuilder();
    for (int b = 0; b < 256; b++) {
      if (b != '\n') {
        all.append("\\%03o".formatted(b));
      }
    }

    assertThat(run("printf '" + all + "\\n'", SOON)).isEqualTo(SUCCEEDED);

    var expected = new StringBuilder("[stdout]");
    for (char b = 0; b < 256; b++) {
      if (b != '\n') {
        expected.append(b);
      }
    }
    assertThat(Files.readString(root.resolve("G/d-1/logs/scripts.log"), ISO_8859_1))
        .contains(expected + "\n");
  }

  @Test
  void aScriptMayDeleteItselfOrItsWholeArchive() throws Exception {
    assertThat(run("rm -rf \"${0%/*}\"; echo gone", SOON)).isEqualTo(SUCCEEDED);

    assertThat(root.resolve("G/d-1/logs/scripts.log")).content().endsWith("[stdout]gone\n");
  }

  @Test
  void aScriptMayDeleteItsOwnLogFolder() throws Exception {
    assertThat(run("rm -rf $WORK/G/d-1/logs; echo gone", SOON)).isEqualTo(SUCCEEDED);
  }

  @Test
  void theFolderOfTheLogIsClosedToOthers() throws Exception {
    run("true", SOON);

    assertThat(Files.getAttribute(root.resolve("G/d-1/logs"), "unix:mode"))
        .isEqualTo(040000 | 0750);
    assertThat(Files.getAttribute(root.resolve(".pipes"), "unix:mode")).isEqualTo(040000 | 0700);
  }

  @Test
  void thePipeThatADaemonHoldsIsNotGivenToTheNextScript() throws Exception {
    var first = run("(sleep 2; echo late) & sleep 600 & echo $! > $WORK/daemon", ofSeconds(1));
    var second = run("sleep 3; echo mine", SOON);

    assertThat(code(first)).isEqualTo(ErrorCode.SCRIPT_OUTPUT_LEFT_OPEN);
    assertThat(second).isEqualTo(SUCCEEDED);
    assertThat(root.resolve("G/d-1/logs/scripts.log")).content().doesNotContain("late");
    kill("daemon");
  }

  @Test
  void pipesOfDeadProcessesAreRemoved() throws Exception {
    var pipes = Files.createDirectories(root.resolve(".pipes"));
    var dead = new ProcessBuilder("true").start();
    dead.waitFor();
    var left = Files.writeString(pipes.resolve(dead.pid() + "-1.out"), "");
    var alive = Files.writeString(pipes.resolve(ProcessHandle.current().pid() + "-1.out"), "");

    run("true", SOON);

    assertThat(left).doesNotExist();
    assertThat(alive).exists();
  }

  private ScriptResult run(String text, Duration timeout) throws IOException {
    var archive = Files.createDirectories(root.resolve("G/d-1/deployment-archive"));
    var file = archive.resolve("a.sh");
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    Files.setAttribute(file, "unix:mode", 0755);
    try (var log =
        ScriptLog.of(root.resolve("G/d-1"), "d-1", Optional.empty(), Clock.systemUTC())) {
      return runner.run(
          "AfterInstall",
          Specifications.with(Map.of()),
          Optional.empty(),
          archive,
          List.of(new Script("a.sh", timeout, Optional.empty(), false)),
          log,
          ScriptTurns.ALL);
    }
  }

  private static ErrorCode code(ScriptResult result) {
    return ((ScriptResult.Failed) result).code();
  }

  private void kill(String file) throws Exception {
    long pid = Long.parseLong(Files.readString(root.resolve(file)).strip());
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    Files.delete(root.resolve(file));
  }

  private static int handles() {
    return names(Path.of("/proc/self/fd")).size();
  }

  private static long children() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
  }

  private static long readers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("script-"))
        .count();
  }

  private static List<String> names(Path folder) {
    var names = folder.toFile().list();
    return names == null ? List.of() : List.of(names);
  }

  private static long livingMembers(long group) {
    return names(Path.of("/proc")).stream()
        .filter(name -> Character.isDigit(name.charAt(0)))
        .map(name -> stat(Path.of("/proc", name, "stat")))
        .filter(Objects::nonNull)
        .map(stat -> stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4))
        .filter(fields -> fields[2].equals(Long.toString(group)) && !fields[0].equals("Z"))
        .count();
  }

  private static String stat(Path file) {
    try {
      return Files.readString(file, ISO_8859_1);
    } catch (IOException e) {
      return ") Z 0 0 0"; // it has ended meanwhile
    }
  }
}
