package io.kodedeploy.core.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kodedeploy.core.conformance.Settings;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.protocol.DeploymentSpecification;
import io.kodedeploy.core.protocol.DiagnosticCode;
import io.kodedeploy.core.protocol.Diagnostics;
import io.kodedeploy.core.protocol.PolledCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole host against a fake service, by the cases of host-agent.md 16.4. */
class HostTest {
  private static final String HOOK = "hooks:\n  AfterInstall:\n    - location: a.sh\n";

  @TempDir Path directory;

  @Test
  @DisplayName("HA-098 HA-104 acknowledges, executes and reports a success once")
  void reportsASuccessOnce() throws Exception {
    try (var harness = started("")) {
      harness.revision("G", "d-1", HostHarness.appSpec(""), Map.of());

      harness.service.hand("c-1", "DownloadBundle", "G", "d-1");

      assertThat(harness.service.report().diagnostics())
          .isEqualTo(Diagnostics.succeeded("BundleSource=downloaded"));
      assertThat(harness.service.acknowledgements)
          .containsExactly(new FakeCommandService.Acknowledgement("c-1", false));
      assertThat(harness.service.reports).isEmpty();
    }
  }

  @Test
  @DisplayName("HA-108 reports a failing script once, with its name and log")
  void reportsAFailingScriptOnce() throws Exception {
    try (var harness = started("")) {
      harness.revision(
          "G",
          "d-1",
          HostHarness.appSpec(HOOK),
          Map.of("a.sh", "#!/bin/sh\necho lock held\nexit 3\n"));

      harness.service.hand("c-1", "AfterInstall", "G", "d-1");

      var diagnostics = harness.service.report().diagnostics();
      assertThat(diagnostics.code()).isEqualTo(DiagnosticCode.SCRIPT_FAILED);
      assertThat(diagnostics.scriptName()).isEqualTo("a.sh");
      assertThat(diagnostics.message())
          .isEqualTo("Script at specified location: a.sh failed with exit code 3");
      assertThat(diagnostics.log()).contains("[stdout]lock held\n");
      assertThat(harness.service.reports).isEmpty();
      HostHarness.await("end", () -> harness.heard.contains("deployment d-1 false"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("answers no-op where the event has nothing to do")
  @CsvSource(
      delimiter = '|',
      value = {
        "HA-100 | ApplicationStop | '' | true",
        "HA-101 | BeforeInstall | 'hooks:\n  AfterInstall:\n    - location: a.sh\n' | true",
        "HA-102 | BeforeInstall | 'hooks:\n  BeforeInstall: []\n' | true",
        "HA-103 | BeforeInstall | 'hooks:\n  BeforeInstall:\n' | true",
        "HA-105 | BeforeInstall | 'hooks:\n  BeforeInstall:\n    - location: missing.sh\n' | false",
        "HA-106 | Reticulate | '' | true"
      })
  void answersWhetherThereIsWork(String id, String event, String hooks, boolean noop)
      throws Exception {
    try (var harness = started("")) {
      harness.service.acknowledgementAnswer = Optional.of("Succeeded");
      if (!event.equals("ApplicationStop")) {
        harness.revision("G", "d-1", HostHarness.appSpec(hooks), Map.of());
      }

      harness.service.hand("c-1", event, "G", "d-1");

      HostHarness.await("acknowledgement", () -> !harness.service.acknowledgements.isEmpty());
      assertThat(harness.service.acknowledgements.getFirst().noop()).as(id).isEqualTo(noop);
    }
  }

  @Test
  @DisplayName("HA-095 executes and reports nothing when the acknowledgement answers Succeeded")
  void executesNothingThatTheServiceHasCompleted() throws Exception {
    try (var harness = started("")) {
      harness.service.acknowledgementAnswer = Optional.of("Succeeded");
      harness.revision(
          "G",
          "d-1",
          HostHarness.appSpec(HOOK),
          Map.of("a.sh", "#!/bin/sh\ntouch " + directory.resolve("ran")));

      harness.service.hand("c-1", "AfterInstall", "G", "d-1");

      HostHarness.await("skipped", () -> harness.heard.contains("skipped AfterInstall"));
      HostHarness.await("next poll", () -> harness.service.polls.get() >= 2);
      assertThat(harness.service.reports).isEmpty();
      assertThat(directory.resolve("ran")).doesNotExist();
    }
  }

  @Test
  @DisplayName("HA-096 leaves a command alone that was cancelled, unless it is a no-op")
  void leavesACancelledCommandAlone() throws Exception {
    try (var harness = started("")) {
      harness.service.acknowledgementAnswer = Optional.of("Failed");
      harness.revision("G", "d-1", HostHarness.appSpec(HOOK), Map.of("a.sh", "#!/bin/sh\n"));

      harness.service.hand("c-1", "AfterInstall", "G", "d-1");

      HostHarness.await(
          "second specification",
          () -> harness.service.journal.stream().filter("specification"::equals).count() == 2);
      HostHarness.await("tracking file gone", () -> !Files.exists(harness.paths.tracking("d-1")));
      assertThat(harness.service.reports).isEmpty();
    }
  }

  @Test
  @DisplayName("HA-097 completes a cancelled no-op after a second look")
  void completesACancelledNoop() throws Exception {
    try (var harness = started("")) {
      harness.service.acknowledgementAnswer = Optional.of("Failed");
      harness.revision("G", "d-1", HostHarness.appSpec(""), Map.of());

      harness.service.hand("c-1", "AfterInstall", "G", "d-1");

      assertThat(harness.service.report().diagnostics().message())
          .isEqualTo("Succeeded: CompletedNoopCommand");
      assertThat(harness.service.journal).filteredOn("specification"::equals).hasSize(2);
    }
  }

  @Test
  @DisplayName("HA-099 HA-107 executes a no-op trivially when told to go on")
  void executesANoopTrivially() throws Exception {
    try (var harness = started("")) {
      harness.service.acknowledgementAnswer = Optional.empty();
      harness.revision("G", "d-1", HostHarness.appSpec(""), Map.of());

      harness.service.hand("c-1", "AfterInstall", "G", "d-1");

      assertThat(harness.service.report().diagnostics()).isEqualTo(Diagnostics.succeeded(""));
    }
  }

  @Test
  @DisplayName(
      "HA-106 fails an unknown command that it is told to execute, and makes no folder for it")
  void failsAnUnknownCommand() throws Exception {
    try (var harness = started("")) {
      harness.service.hand("c-1", "Reticulate", "G", "d-1");

      var diagnostics = harness.service.report().diagnostics();
      assertThat(diagnostics)
          .isEqualTo(
              new Diagnostics(
                  DiagnosticCode.UNKNOWN_ERROR, "", "Unsupported command type: Reticulate.", ""));
      assertThat(harness.paths.deployment("G", "d-1")).doesNotExist();
    }
  }

  @Test
  @DisplayName("HA-110 fails a broken AppSpec before it acknowledges")
  void failsABrokenAppSpecBeforeItAcknowledges() throws Exception {
    try (var harness = started("")) {
      harness.revision("G", "d-1", "version: [0.0", Map.of());

      harness.service.hand("c-1", "BeforeInstall", "G", "d-1");

      assertThat(harness.service.report().diagnostics().code())
          .isEqualTo(DiagnosticCode.UNKNOWN_ERROR);
      assertThat(harness.service.acknowledgements).isEmpty();
    }
  }

  @Test
  @DisplayName(
      "HA-092 HA-093 HA-094 fails what is no specification of CodeDeploy, without acknowledging")
  void failsWhatIsNoSpecification() throws Exception {
    try (var harness = started("")) {
      harness.service.specifications =
          _ -> new DeploymentSpecification("Other", true, Optional.empty());
      harness.service.hand("c-1", "Install", "G", "d-1");
      var other = harness.service.report().diagnostics();
      harness.service.specifications =
          _ -> new DeploymentSpecification("CodeDeploy", false, Optional.empty());
      harness.service.hand("c-2", "Install", "G", "d-1");
      var missing = harness.service.report().diagnostics();
      harness.service.specifications =
          _ -> new DeploymentSpecification("CodeDeploy", true, Optional.empty());
      harness.service.hand("c-3", "Install", "G", "d-1");

      var empty = harness.service.report().diagnostics();

      assertThat(other)
          .isEqualTo(
              new Diagnostics(
                  DiagnosticCode.UNKNOWN_ERROR,
                  "",
                  "Deployment System mismatch: CodeDeploy != Other",
                  ""));
      assertThat(missing.message()).isEqualTo("Deployment Specification missing");
      assertThat(empty.message()).isEqualTo("Provided deployment spec was nil");
      assertThat(harness.service.acknowledgements).isEmpty();
    }
  }

  @Test
  @DisplayName("HA-090 HA-091 sends nothing for a command that cannot be ours")
  void sendsNothingForACommandThatCannotBeOurs() {
    var other =
        new PolledCommand(
            "c-1", "arn:aws:ec2:eu-west-1:1:instance/i-other", "a/b/G/d-1", "Install");
    var nameless = new PolledCommand("c-2", Settings.ARN, "a/b/G/d-1", "");

    assertThat(pollOf(other))
        .isEqualTo(
            "poll failed: Host Identifier mismatch: "
                + Settings.ARN
                + " != arn:aws:ec2:eu-west-1:1:instance/i-other");
    assertThat(pollOf(nameless)).isEqualTo("poll failed: Command Name missing");
  }

  private String pollOf(PolledCommand command) {
    try (var harness = started("")) {
      harness.service.hand(command);
      HostHarness.await("poll", () -> !harness.heard.isEmpty());
      assertThat(harness.service.journal).containsExactly("poll");
      return harness.heard.getFirst();
    }
  }

  @Test
  @DisplayName("HA-024 takes a command whose host identifier is a part of ours")
  void takesACommandWithTheShortFormOfTheHost() throws Exception {
    try (var harness = started("")) {
      harness.revision("G", "d-1", HostHarness.appSpec(""), Map.of());

      harness.service.hand(
          new PolledCommand("c-1", "instance/i-0a1b2c3d4e5f60718", "x/x/G/d-1", "Install"));

      assertThat(harness.service.report().diagnostics().code()).isEqualTo(DiagnosticCode.SUCCESS);
    }
  }

  @Test
  @DisplayName("HA-116 executes a command once that is delivered twice while it runs")
  void executesADuplicateOnce() throws Exception {
    var gate = new Gate("kodedeploy.gate");
    try (var harness = started("wait_between_runs: 0", gate)) {
      harness.revision("G", "d-1", HostHarness.appSpec(""), Map.of());
      harness.service.hand("c-1", "AfterInstall", "G", "d-1");
      gate.entered.await();

      harness.service.hand("c-1", "AfterInstall", "G", "d-1");

      HostHarness.await("third poll", () -> harness.service.polls.get() >= 3);
      gate.open.countDown();
      harness.service.report();
      HostHarness.await("end", () -> harness.host.status().running().isEmpty());
      assertThat(harness.service.reports).isEmpty();
      assertThat(harness.service.acknowledgements).hasSize(1);
    }
  }

  @Test
  @DisplayName("HA-115 lets groups work in parallel, and one group's commands one after another")
  void letsGroupsWorkInParallel() throws Exception {
    var gate = new Gate("kodedeploy.gate");
    try (var harness = started("", gate)) {
      for (var group : new String[] {"G", "H"}) {
        harness.revision(
            group,
            "d-" + group,
            HostHarness.appSpec(HOOK.replace("AfterInstall", "BeforeInstall")),
            Map.of("a.sh", "#!/bin/sh\n"));
      }
      harness.service.hand("c-1", "AfterInstall", "G", "d-G");
      gate.entered.await();

      harness.service.hand("c-2", "BeforeInstall", "G", "d-G");
      harness.service.hand("c-3", "BeforeInstall", "H", "d-H");

      assertThat(harness.service.report().id()).isEqualTo("c-3");
      gate.open.countDown();
      assertThat(harness.service.report().id()).isEqualTo("c-1");
      assertThat(harness.service.report().id()).isEqualTo("c-2");
    }
  }

  @Test
  @DisplayName(
      "HA-117 HA-118 names a running command in its file, and removes the file after the report")
  void namesARunningCommandInItsFile() throws Exception {
    var gate = new Gate("kodedeploy.gate");
    try (var harness = started("", gate)) {
      harness.revision("G", "d-1", HostHarness.appSpec(""), Map.of());
      harness.service.hand("c-1", "AfterInstall", "G", "d-1");
      gate.entered.await();

      var file = harness.directory().resolve("root/ongoing-deployment/d-1");

      assertThat(file).hasContent("c-1");
      gate.open.countDown();
      harness.service.report();
      HostHarness.await("file gone", () -> !Files.exists(file));
    }
  }

  @Test
  @DisplayName(
      "HA-119 HA-121 HA-123 reports every command that a dead agent left behind before it polls")
  void reportsWhatWasLeftBehind() throws Exception {
    leave("current", "d-1", "abc", 0);
    leave("current", "d-2", "def", 1);
    try (var harness = started("ongoing_deployment_tracking: current")) {
      HostHarness.await("poll", () -> harness.service.polls.get() > 0);

      assertThat(harness.service.journal)
          .containsExactly(
              "complete FAILED_AFTER_RESTART", "complete FAILED_AFTER_RESTART", "poll");
      assertThat(harness.service.reports)
          .extracting(FakeCommandService.Report::id)
          .containsExactlyInAnyOrder("abc", "def");
      assertThat(harness.service.report().diagnostics()).isEqualTo(Diagnostics.afterRestart());
      assertThat(harness.paths.tracking()).isEmptyDirectory();
    }
  }

  @Test
  @DisplayName("HA-120 deletes a stale file without a report")
  void deletesAStaleFile() throws Exception {
    leave("ongoing-deployment", "d-1", "abc", 86_401);
    try (var harness = started("")) {
      HostHarness.await("poll", () -> harness.service.polls.get() > 0);

      assertThat(harness.service.journal).containsExactly("poll");
      assertThat(harness.paths.tracking("d-1")).doesNotExist();
    }
  }

  @Test
  @DisplayName("HA-122 HA-124 starts even when nothing can be reported, and keeps the file")
  void startsEvenWhenNothingCanBeReported() throws Exception {
    leave("ongoing-deployment", "d-1", "abc", 0);
    var harness = new HostHarness(directory, "", true);
    harness.service.completeFailure =
        Optional.of(FakeCommandService.failure(ErrorCode.SERVICE_ERROR));
    try (harness) {
      harness.start();
      HostHarness.await("poll", () -> harness.service.polls.get() > 0);

      assertThat(harness.paths.tracking("d-1")).hasContent("abc");
    }
  }

  @Test
  void forgetsACommandThatTheServiceDoesNotKnowAnyMore() throws Exception {
    leave("ongoing-deployment", "d-1", "abc", 0);
    var harness = new HostHarness(directory, "", true);
    harness.service.completeFailure =
        Optional.of(FakeCommandService.failure(ErrorCode.SERVICE_REFUSED));
    try (harness) {
      harness.start();
      HostHarness.await("poll", () -> harness.service.polls.get() > 0);

      assertThat(harness.paths.tracking("d-1")).doesNotExist();
    }
  }

  @Test
  @DisplayName(
      "HA-157 HA-158 HA-167 stops the application with the script of the installed revision")
  void stopsTheApplicationWithTheInstalledScript() throws Exception {
    String hooks = "hooks:\n  ApplicationStop:\n    - location: stop.sh\n";
    try (var harness = started("")) {
      var installed =
          harness.revision(
              "G",
              "d-0",
              HostHarness.appSpec(hooks),
              Map.of("stop.sh", "#!/bin/sh\necho $DEPLOYMENT_ID of d-0\n"));
      harness.installed("G", installed);

      harness.service.hand("c-1", "ApplicationStop", "G", "d-1");

      assertThat(harness.service.report().diagnostics().code()).isEqualTo(DiagnosticCode.SUCCESS);
      assertThat(harness.paths.deployment("G", "d-1").resolve("logs/scripts.log"))
          .content()
          .contains("[stdout]d-1 of d-0");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("HA-166 ignores a newline at the end of a marker file")
  void ignoresANewlineInAMarker(boolean newline) throws Exception {
    String hooks = "hooks:\n  ApplicationStop:\n    - location: stop.sh\n";
    try (var harness = started("")) {
      var installed =
          harness.revision(
              "G", "d-0", HostHarness.appSpec(hooks), Map.of("stop.sh", "#!/bin/sh\n"));
      Files.createDirectories(harness.paths.instructions());
      Files.writeString(
          harness.paths.lastSuccessfulInstall("G"), installed + (newline ? "\n" : ""));

      harness.service.hand("c-1", "ApplicationStop", "G", "d-1");

      assertThat(harness.service.report().diagnostics().code()).isEqualTo(DiagnosticCode.SUCCESS);
      assertThat(harness.service.acknowledgements.getFirst().noop()).isFalse();
    }
  }

  @Test
  @DisplayName("HA-168 takes the revision whose validation failed for the installed one")
  void takesTheRevisionWhoseValidationFailed() throws Exception {
    String hooks =
        """
        hooks:
          ApplicationStop:
            - location: stop.sh
          ValidateService:
            - location: bad.sh
        """;
    try (var harness = started("")) {
      harness.revision(
          "G",
          "d-1",
          HostHarness.appSpec(hooks),
          Map.of("stop.sh", "#!/bin/sh\necho stopped by d-1\n", "bad.sh", "#!/bin/sh\nexit 1\n"));
      harness.service.hand("c-1", "Install", "G", "d-1");
      harness.service.report();
      harness.service.hand("c-2", "ValidateService", "G", "d-1");
      harness.service.report();

      harness.service.hand("c-3", "ApplicationStop", "G", "d-2");

      harness.service.report();
      assertThat(harness.paths.deployment("G", "d-2").resolve("logs/scripts.log"))
          .content()
          .contains("stopped by d-1");
    }
  }

  @Test
  @DisplayName("HA-088 lets a running command end and report before it goes, and polls no more")
  void letsARunningCommandEndBeforeItGoes() throws Exception {
    var gate = new Gate("kodedeploy.gate");
    try (var harness = started("", gate)) {
      harness.revision("G", "d-1", HostHarness.appSpec(""), Map.of());
      harness.service.hand("c-1", "AfterInstall", "G", "d-1");
      gate.entered.await();
      HostHarness.await("second poll", () -> harness.service.polls.get() == 2);

      harness.host.stop();
      gate.open.countDown();

      assertThat(harness.service.report().diagnostics().code()).isEqualTo(DiagnosticCode.SUCCESS);
      assertThat(harness.host.awaitEnd(Duration.ofSeconds(20))).isTrue();
      assertThat(harness.service.polls).hasValue(2);
    }
  }

  @Test
  @DisplayName("HA-089 goes after kill_agent_max_wait_time_seconds and leaves the command alone")
  void goesWhenItsWaitIsOver() throws Exception {
    var gate = new Gate("kodedeploy.gate");
    try (var harness = started("kill_agent_max_wait_time_seconds: 1", gate)) {
      harness.revision("G", "d-1", HostHarness.appSpec(""), Map.of());
      harness.service.hand("c-1", "AfterInstall", "G", "d-1");
      gate.entered.await();

      harness.host.stop();

      assertThat(harness.host.awaitEnd(Duration.ofSeconds(20))).isTrue();
      assertThat(harness.service.reports).isEmpty();
      gate.open.countDown();
      harness.service.report();
    }
  }

  @Test
  void asksAgainAtOnceWhenACommandHasEnded() throws Exception {
    try (var harness = new HostHarness(directory, "wait_between_runs: 3600", true)) {
      harness.service.holdsIdlePolls = false;
      harness.revision("G", "d-1", HostHarness.appSpec(""), Map.of());
      harness.service.hand("c-1", "Install", "G", "d-1");
      harness.start();

      harness.service.report();

      HostHarness.await("a poll after the command's end", () -> harness.service.polls.get() >= 2);
      assertThat(harness.service.mostPollsAtOnce).isEqualTo(1);
    }
  }

  @Test
  void staysQuietBetweenIdlePolls() {
    try (var harness = new HostHarness(directory, "wait_between_runs: 3600", true)) {
      harness.service.holdsIdlePolls = false;
      harness.start();
      HostHarness.await("first poll", () -> harness.host.status().lastGoodPoll().isPresent());

      assertThat(harness.service.polls).hasValue(1);
    }
  }

  @Test
  void reportsAStepThatFailsLikeAScript() throws Exception {
    LifecycleStep broken =
        new Step("kodedeploy.apply") {
          @Override
          public void run(LifecycleEvent event, StepContext context) {
            context.log().stdout("applied nothing");
            throw new AgentException(ErrorCode.SERVICE_ERROR, "conflict with helm");
          }
        };
    try (var harness = started("", broken)) {
      harness.revision("G", "d-1", HostHarness.appSpec(""), Map.of());

      harness.service.hand("c-1", "AfterInstall", "G", "d-1");

      var diagnostics = harness.service.report().diagnostics();
      assertThat(harness.service.acknowledgements.getFirst().noop()).isFalse();
      assertThat(diagnostics.code()).isEqualTo(DiagnosticCode.SCRIPT_FAILED);
      assertThat(diagnostics.scriptName()).isEqualTo("kodedeploy.apply");
      assertThat(diagnostics.message()).isEqualTo("conflict with helm");
      assertThat(diagnostics.log())
          .isEqualTo(
              """
              LifecycleEvent - AfterInstall
              Script - kodedeploy.apply
              [stdout]applied nothing
              """);
    }
  }

  @Test
  void refusesScriptsWhereHooksAreOff() throws Exception {
    try (var harness = new HostHarness(directory, "", false).start()) {
      harness.revision("G", "d-1", HostHarness.appSpec(HOOK), Map.of("a.sh", "#!/bin/sh\n"));
      harness.service.hand("c-1", "DownloadBundle", "G", "d-1");
      var download = harness.service.report().diagnostics();

      harness.service.hand("c-2", "AfterInstall", "G", "d-1");

      String message =
          "this host runs no hook scripts (hooks: false), but the AppSpec has some for"
              + " AfterInstall";
      assertThat(download)
          .isEqualTo(new Diagnostics(DiagnosticCode.UNKNOWN_ERROR, "", message, ""));
      assertThat(harness.service.report().diagnostics()).isEqualTo(download);
      assertThat(harness.service.acknowledgements).hasSize(1);
    }
  }

  @Test
  void tellsWhenADeploymentHasEnded() throws Exception {
    try (var harness = started("")) {
      harness.revision("G", "d-1", HostHarness.appSpec(HOOK), Map.of("a.sh", "#!/bin/sh\n"));
      harness.service.hand("c-1", "AfterInstall", "G", "d-1");
      harness.service.report();
      harness.service.acknowledgementAnswer = Optional.of("Succeeded");

      harness.service.hand("c-2", "ValidateService", "G", "d-1");

      HostHarness.await("end", () -> harness.heard.contains("deployment d-1 true"));
      assertThat(harness.heard)
          .containsExactly(
              "started AfterInstall",
              "finished AfterInstall true",
              "skipped ValidateService",
              "deployment d-1 true");
    }
  }

  @Test
  void executesLocallyWithoutAWordToTheService() throws Exception {
    try (var harness = new HostHarness(directory, "", true)) {
      harness.revision(
          "G", "d-1", HostHarness.appSpec(HOOK), Map.of("a.sh", "#!/bin/sh\nexit 4\n"));
      var envelope = FakeCommandService.signed("x/x/G/d-1").envelope().orElseThrow();
      var spec =
          io.kodedeploy.core.spec.DeploymentSpecReader.readSigned(
              envelope.format(), envelope.payload());

      var outcome = harness.host.execute(spec, LifecycleEvent.AFTER_INSTALL);

      assertThat(outcome)
          .isInstanceOfSatisfying(
              CommandOutcome.Failed.class,
              failed -> assertThat(failed.code()).isEqualTo(ErrorCode.SCRIPT_FAILED));
      assertThat(harness.service.journal).isEmpty();
      assertThat(harness.paths.tracking()).isEmptyDirectory();
    }
  }

  @Test
  void refusesARootThatAnotherAgentUses() {
    try (var first = new HostHarness(directory, "", true)) {
      var refused =
          catchThrowableOfType(AgentException.class, () -> new HostHarness(directory, "", true));

      assertThat(refused.code()).isEqualTo(ErrorCode.STATE_LOCKED);
      assertThat(first.host.status().stopping()).isFalse();
    }
    new HostHarness(directory, "", true).close();
  }

  private HostHarness started(String settings, LifecycleStep... steps) {
    return new HostHarness(directory, settings, true, steps).start();
  }

  private void leave(String folder, String deployment, String id, long ageSeconds)
      throws Exception {
    var file = directory.resolve("root").resolve(folder).resolve(deployment);
    Files.createDirectories(file.getParent());
    Files.writeString(file, id);
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(ageSeconds)));
  }

  /** Has work in AfterInstall. */
  private static class Step implements LifecycleStep {
    private final String name;

    Step(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public boolean hasWork(LifecycleEvent event, StepContext context) {
      return event.equals(LifecycleEvent.AFTER_INSTALL);
    }

    @Override
    public void run(LifecycleEvent event, StepContext context) throws InterruptedException {}
  }

  /** Works until it is let go. */
  private static final class Gate extends Step {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    Gate(String name) {
      super(name);
    }

    @Override
    public void run(LifecycleEvent event, StepContext context) throws InterruptedException {
      entered.countDown();
      open.await();
    }
  }
}
