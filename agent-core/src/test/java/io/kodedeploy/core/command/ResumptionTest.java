package io.kodedeploy.core.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.conformance.Settings;
import io.kodedeploy.core.protocol.DiagnosticCode;
import io.kodedeploy.core.protocol.Diagnostics;
import io.kodedeploy.core.protocol.PolledCommand;
import io.kodedeploy.core.spec.DeploymentSpecReader;
import io.kodedeploy.core.spec.DeploymentSpecText;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host does with the notes of a dead one. */
class ResumptionTest {
  private static final String APPSPEC =
      HostHarness.appSpec("hooks: {AfterInstall: [{location: a.sh}, {location: b.sh}]}");
  private static final Map<String, String> SCRIPTS =
      Map.of("a.sh", "#!/bin/sh\nexit 1\n", "b.sh", "#!/bin/sh\nexit 0\n");

  @TempDir Path directory;
  private final MemoryNotes notes = new MemoryNotes();

  private HostHarness harness() {
    var harness = new HostHarness(directory, "", true, Acceptance.ANY, Optional.of(notes));
    harness.revision("G", "d-1", APPSPEC, SCRIPTS);
    return harness;
  }

  private static PolledCommand command(String event) {
    return new PolledCommand("c-1", Settings.ARN, "x/x/G/d-1", event);
  }

  private void left(String event, Optional<String> step, Optional<Diagnostics> result) {
    notes.notes.put("command.left", new CommandNote(command(event), "d-1", step, result).text());
  }

  private void awaitForgotten(String name) {
    HostHarness.await("the note is gone", () -> !notes.notes.containsKey(name));
  }

  @Test
  void reportsAResultThatWasNotReportedYetAndDoesNothingElse() throws Exception {
    var result = new Diagnostics(DiagnosticCode.SCRIPT_FAILED, "a.sh", "as it was", "[stdout]x\n");
    left("AfterInstall", Optional.of("script 0 a.sh"), Optional.of(result));
    try (var harness = harness().start()) {

      var report = harness.service.report();

      assertThat(report).isEqualTo(new FakeCommandService.Report("c-1", result));
      assertThat(harness.heard).isEmpty();
    }
  }

  @Test
  void skipsWhatWasDoneAndFailsTheScriptThatWasInterrupted() throws Exception {
    left("AfterInstall", Optional.of("script 1 b.sh"), Optional.empty());
    try (var harness = harness().start()) {

      var diagnostics = harness.service.report().diagnostics();

      assertThat(diagnostics.code()).isEqualTo(DiagnosticCode.FAILED_AFTER_RESTART);
      assertThat(diagnostics.scriptName()).isEqualTo("b.sh");
      assertThat(diagnostics.message()).isEqualTo("script interrupted by an agent restart");
      assertThat(harness.service.acknowledgements).isEmpty();
    }
  }

  @Test
  void aStepThatThisAgentDoesNotKnowFailsTheCommand() throws Exception {
    left("BeforeInstall", Optional.of("BEFORE_SCRIPTS 0 kodedeploy.other"), Optional.empty());
    try (var harness = harness().start()) {

      var diagnostics = harness.service.report().diagnostics();

      assertThat(diagnostics.code()).isEqualTo(DiagnosticCode.FAILED_AFTER_RESTART);
      assertThat(diagnostics.message()).contains("kodedeploy.other", "not known any more");
    }
  }

  @Test
  void aCommandThatWasOnlyBegunIsAcknowledgedAgain() throws Exception {
    left("Install", Optional.empty(), Optional.empty());
    try (var harness = harness().start()) {

      var report = harness.service.report();

      assertThat(report.diagnostics().code()).isEqualTo(DiagnosticCode.SUCCESS);
      assertThat(harness.service.acknowledgements)
          .containsExactly(new FakeCommandService.Acknowledgement("c-1", false));
    }
  }

  @Test
  void aNoteOfANewerVersionIsLeftAlone() throws Exception {
    notes.notes.put("command.newer", "{\"version\": 9}");
    notes.notes.put("command.broken", "{");
    try (var harness = harness().start()) {
      harness.service.hand("c-2", "Install", "G", "d-1");

      var report = harness.service.report();

      assertThat(report.id()).isEqualTo("c-2");
      assertThat(notes.notes).containsKeys("command.newer", "command.broken");
    }
  }

  @Test
  void takesNoCommandBeforeTheNotesCanBeRead() throws Exception {
    notes.readable = false;
    try (var harness = harness().start()) {
      harness.service.hand("c-2", "Install", "G", "d-1");
      int before = harness.service.polls.get();

      notes.readable = true;

      assertThat(before).isZero();
      assertThat(harness.service.report().id()).isEqualTo("c-2");
    }
  }

  @Test
  void beginsNoCommandThatCannotBeNoted() throws Exception {
    notes.writable = false;
    try (var harness = harness().start()) {
      harness.service.hand("c-2", "Install", "G", "d-1");

      var diagnostics = harness.service.report().diagnostics();

      assertThat(diagnostics.code()).isEqualTo(DiagnosticCode.UNKNOWN_ERROR);
      assertThat(diagnostics.message()).contains("the API server is away");
      assertThat(harness.service.acknowledgements).isEmpty();
    }
  }

  @Test
  void keepsAResultThatTheServiceDidNotTakeForTheNextStart() throws Exception {
    try (var harness = harness().start()) {
      harness.service.completeFailure =
          Optional.of(FakeCommandService.failure(io.kodedeploy.core.error.ErrorCode.SERVICE_ERROR));
      harness.service.hand("c-2", "Install", "G", "d-1");
      HostHarness.await(
          "a result is noted",
          () -> notes.notes.values().stream().anyMatch(note -> note.contains("\"result\"")));
    }
    try (var harness = harness().start()) {

      var report = harness.service.report();

      assertThat(report.id()).isEqualTo("c-2");
      assertThat(report.diagnostics().code()).isEqualTo(DiagnosticCode.SUCCESS);
      awaitForgotten("command." + Names.digest("c-2"));
    }
  }

  @Test
  void aRevisionThatCannotBeHadAnyMoreIsLeftOut() throws Exception {
    var lost =
        DeploymentSpecReader.readUnsigned(
            """
            {"DeploymentId":"d-0","DeploymentGroupId":"G","DeploymentGroupName":"g","ApplicationName":"a",
             "Revision":{"RevisionType":"S3","S3Revision":{"Bucket":"b","Key":"k","BundleType":"zip"}}}
            """);
    notes.notes.put("installed." + Names.digest("G"), DeploymentSpecText.of(lost));
    try (var harness = harness().start()) {
      harness.service.hand("c-2", "ApplicationStop", "G", "d-9");
      harness.service.hand("c-3", "Install", "G", "d-1");

      harness.service.report();
      var last = harness.service.report();

      assertThat(harness.service.acknowledgements.getFirst().noop())
          .as("nothing to stop is left")
          .isTrue();
      assertThat(last.diagnostics().code()).isEqualTo(DiagnosticCode.SUCCESS);
    }
  }
}
