package io.kodedeploy.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kode agent} with real processes: cases HA-078 and HA-080 to HA-089. */
class AgentIT {
  @TempDir Path folder;
  private PlainMachine machine;

  @BeforeEach
  void open() throws Exception {
    machine = new PlainMachine(folder.toRealPath());
  }

  @AfterEach
  void close() {
    machine.close();
  }

  /** HA-080 and HA-078: the folders of log and pid file are made. */
  @Test
  void statusNamesThePidOfTheAgentThatStartHasStarted() throws Exception {
    var started = machine.kode("start");
    machine.deploymentSucceeds(Map.of("AfterInstall", "true"));

    var status = machine.kode("status");

    assertThat(started.code()).as("%s", started).isZero();
    assertThat(status.code()).isZero();
    assertThat(status.out().lines().findFirst())
        .contains("The AWS CodeDeploy agent is running as PID " + machine.pid());
    assertThat(status.out()).containsPattern("Last good poll \\d+ s ago");
    assertThat(machine.kode("status", "--output", "json").out())
        .contains("\"running\":true", "\"pid\":" + machine.pid(), "\"lastGoodPollAgeSeconds\":");
    assertThat(machine.commandLine(machine.pid()))
        .startsWith("codedeploy-agent: master " + machine.pid());
    assertThat(machine.log()).contains("Host: host starts");
    assertThat(Files.readString(Path.of("/proc/" + machine.pid() + "/limits")))
        .containsPattern("Max core file size +0 +0");
  }

  /** HA-081. */
  @Test
  void statusSaysThatNothingRuns() throws Exception {
    var status = machine.kode("status");

    assertThat(status.code()).isEqualTo(1);
    assertThat(status.err()).contains("error: No AWS CodeDeploy agent running");
    assertThat(machine.kode("status", "--output", "json").out()).contains("\"running\":false");
  }

  /** HA-082: a dead process, a stranger with its number, no number at all. */
  @Test
  void statusRemovesAStalePidFile() throws Exception {
    var dead = new ProcessBuilder("true").start();
    dead.waitFor();
    long stranger = ProcessHandle.current().pid();
    for (var content : List.of(Long.toString(dead.pid()), Long.toString(stranger), "", "x")) {
      machine.writePid(content);

      var status = machine.kode("status");

      assertThat(status.code()).as(content).isEqualTo(1);
      assertThat(machine.pidFile()).doesNotExist();
    }
  }

  /** HA-083: the second start is refused, by the pid file, or by the lock when that is gone. */
  @Test
  void theSecondStartFailsAndTheFirstAgentKeepsRunning() throws Exception {
    machine.kode("start");
    long first = machine.pid();

    var second = machine.kode("start");
    Files.delete(machine.pidFile());
    var third = machine.kode("start");

    assertThat(second.code()).isEqualTo(1);
    assertThat(second.err())
        .contains(
            "Pidfile "
                + machine.pidFile()
                + " exists and process "
                + first
                + " is running - aborting start!");
    assertThat(third.code()).isEqualTo(1);
    assertThat(third.err())
        .contains("Could not acquire lock on " + machine.pidFile() + ".lock - aborting start!");
    assertThat(machine.log()).contains("Could not acquire lock on ");
    assertThat(ProcessHandle.of(first)).isPresent();
    machine.writePid(Long.toString(first));
  }

  /** HA-084. */
  @Test
  void startRewritesAStalePidFile() throws Exception {
    machine.writePid("999999999");

    var started = machine.kode("start");

    assertThat(started.code()).as("%s", started).isZero();
    assertThat(machine.pid()).isNotEqualTo(999999999);
    assertThat(machine.kode("status").code()).isZero();
  }

  /** HA-085. */
  @Test
  void stopSaysThatNothingCouldBeStopped() throws Exception {
    var stop = machine.kode("stop");

    assertThat(stop.code()).isZero();
    assertThat(stop.out())
        .isEqualTo(
            """
            Checking first if a deployment is already in progress
            Nothing running that could be stopped
            """);
  }

  /** HA-086, and HA-087: a file of yesterday is removed and refuses nothing. */
  @Test
  void stopIsRefusedWhileADeploymentIsInProgress() throws Exception {
    machine.kode("start");
    long pid = machine.pid();
    var tracking = machine.root().resolve("ongoing-deployment/d-1");
    machine.await("agent polls", () -> machine.polls() > 0);
    Files.writeString(tracking, "command");

    var refused = machine.kode("stop");
    var restart = machine.kode("restart");

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).isEqualTo("A deployment is already in Progress\n");
    assertThat(restart.code()).isEqualTo(1);
    assertThat(ProcessHandle.of(pid)).isPresent();

    Files.setLastModifiedTime(tracking, FileTime.from(Instant.now().minusSeconds(25 * 3600)));
    var stop = machine.kode("stop");

    assertThat(stop.code()).as("%s", stop).isZero();
    assertThat(stop.out()).contains("Stopping master " + pid);
    assertThat(tracking).doesNotExist();
    assertThat(ProcessHandle.of(pid)).isEmpty();
    assertThat(machine.pidFile()).doesNotExist();
  }

  /** HA-088: one SIGTERM, one more, a SIGINT; the hook ends and is reported, then the agent. */
  @Test
  void aSignalLetsTheHookEndAndItsReportLeave() throws Exception {
    machine.kode("start");
    long pid = machine.pid();
    String id =
        machine.deploy(
            Map.of(
                "AfterInstall",
                "touch %1$s/begun; until [ -e %1$s/go ]; do sleep 0.1; done; touch %1$s/done"
                    .formatted(machine.folder())));
    machine.await("hook runs", () -> Files.exists(machine.folder().resolve("begun")));
    machine.signal("QUIT", pid); // the virtual machine's own: prints stacks, ends nothing

    machine.signal("TERM", pid);
    machine.signal("INT", pid);
    machine.await("the agent hears it", () -> machine.log().contains("no new poll"));
    long polls = machine.polls();
    assertThat(ProcessHandle.of(pid)).isPresent();
    Files.writeString(machine.folder().resolve("go"), "");
    machine.await("agent ends", () -> ProcessHandle.of(pid).isEmpty());

    assertThat(machine.folder().resolve("done")).exists();
    assertThat(machine.eventStatus(id, "AfterInstall")).isEqualTo("Succeeded");
    assertThat(machine.polls()).as("the one in flight counts").isBetween(polls, polls + 1);
    assertThat(machine.log()).contains("All agent child threads have been shut down");
    assertThat(machine.pidFile()).doesNotExist();
    assertThat(Files.readString(machine.errors(), UTF_8)).contains("Full thread dump");
  }

  /** HA-089. */
  @Test
  void afterItsTimeTheAgentEndsAndLeavesTheHook() throws Exception {
    machine.setting("kill_agent_max_wait_time_seconds: 2");
    machine.kode("start");
    long pid = machine.pid();
    machine.deploy(
        Map.of(
            "AfterInstall",
            "echo $$ > %1$s/hook.next; mv %1$s/hook.next %1$s/hook; sleep 60"
                .formatted(machine.folder())));
    machine.await("hook runs", () -> Files.exists(machine.folder().resolve("hook")));
    var hook =
        ProcessHandle.of(Long.parseLong(Files.readString(machine.folder().resolve("hook")).strip()))
            .orElseThrow();

    try {
      long began = System.nanoTime();
      machine.signal("TERM", pid);
      machine.await("agent ends", () -> ProcessHandle.of(pid).isEmpty());

      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isBetween(Duration.ofMillis(1900), Duration.ofSeconds(50));
      assertThat(hook.isAlive()).isTrue();
    } finally {
      machine.signal("KILL", -hook.pid());
    }
  }

  /** A killed agent: the next one reports what was running, resumes nothing. */
  @Test
  void theNextAgentReportsWhatAKilledOneLeft() throws Exception {
    machine.kode("start");
    String id =
        machine.deploy(
            Map.of("AfterInstall", "touch %s/begun; sleep 60".formatted(machine.folder())));
    machine.await("hook runs", () -> Files.exists(machine.folder().resolve("begun")));

    machine.signal("KILL", machine.pid());
    machine.await("agent is dead", () -> machine.kode("status").code() == 1);
    var started = machine.kode("start");

    assertThat(started.code()).as("%s", started).isZero();
    machine.await(
        "deployment fails", () -> machine.eventStatus(id, "AfterInstall").equals("Failed"));
    assertThat(machine.eventMessage(id, "AfterInstall")).contains("after an agent restart");
    machine.killHooks();
  }

  /** HA-078: folders that cannot be made are violations, printed and with a failing exit. */
  @Test
  void foldersThatCannotBeWrittenAreNamed() throws Exception {
    Files.writeString(machine.folder().resolve("file"), "");
    machine.setting("log_dir: " + machine.folder() + "/file/log");
    machine.setting("pid_dir: " + machine.folder() + "/file/pid");

    var started = machine.kode("start");

    assertThat(started.code()).isEqualTo(1);
    assertThat(started.out())
        .contains(
            "Please make sure the path of the log directory exists and is writable: \""
                + machine.folder()
                + "/file/log\"",
            "Please make sure the path of the PID directory exists and is writable: \""
                + machine.folder()
                + "/file/pid\"");
  }

  @Test
  void theAgentOfAnotherAccountWorksWithTheRightsOfThatAccount() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "changing the account needs root");
    machine.openToAll();
    machine.setting("user: nobody");

    var started = machine.kode("start");
    machine.deploymentSucceeds(Map.of("AfterInstall", "id -un > " + machine.root().resolve("who")));

    assertThat(started.code()).as("%s", started).isZero();
    assertThat(machine.root().resolve("who")).hasContent("nobody");
    assertThat(Files.readString(Path.of("/proc/" + machine.pid() + "/status"), ISO_8859_1))
        .contains("Uid:\t65534\t65534\t65534\t65534");
    assertThat(machine.kode("stop").code()).isZero();
  }

  @Test
  void runInTheForegroundLogsJsonAndServesHealth() throws Exception {
    var run = machine.run("--health-port", Integer.toString(machine.freePort()));

    machine.await("ready", () -> machine.health().contains("\"UP\""));
    machine.deploymentSucceeds(Map.of("AfterInstall", "true"));
    run.destroy();

    assertThat(run.waitFor()).isZero();
    assertThat(Files.readString(machine.folder().resolve("run.out")).lines())
        .allMatch(line -> line.startsWith("{"))
        .anyMatch(line -> line.contains("host starts"));
    assertThat(machine.log()).contains("host starts");
  }

  @Test
  void runRefusesWrongSettingsWithOneLineEach() throws Exception {
    machine.setting("max_revisions: 0");
    machine.setting("children: 2");

    var run = machine.run();

    assertThat(run.waitFor()).isEqualTo(2);
    assertThat(Files.readAllLines(machine.folder().resolve("run.out")))
        .containsExactly("children can only be set to 1", "Invalid configuration :max_revision=0");
  }

  @Test
  void theUnitStartsAfterTheNetworkAndWaitsForHooks() throws IOException {
    machine.setting("kill_agent_max_wait_time_seconds: 600");
    machine.setting("user: nobody");

    var unit = machine.kode("unit");

    assertThat(unit.code()).isZero();
    assertThat(unit.out().lines())
        .contains(
            "Type=simple",
            "After=network-online.target",
            "Wants=network-online.target",
            "TimeoutStopSec=620",
            "KillMode=process",
            "LimitCORE=0",
            "User=nobody");
    assertThat(unit.out())
        .containsPattern("ExecStart=/.*/java .* --config-file " + machine.configFile());
  }
}
