package io.kodedeploy.node.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.command.CommandInfo;
import io.kodedeploy.core.command.CommandOutcome;
import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.command.LifecycleStep;
import io.kodedeploy.core.command.StepContext;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.hook.ScriptLog;
import io.kodedeploy.core.spec.BundleType;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.FileExistsBehavior;
import io.kodedeploy.core.spec.Revision;
import io.kodedeploy.node.progress.ApplicationState.Carried;
import io.kodedeploy.node.progress.ApplicationState.Stage;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentProgressTest {
  private static final Carried ONE = new Carried("d-1", "s3://b/one.zip");
  private static final Carried TWO = new Carried("d-2", "s3://b/two.zip");

  @TempDir private Path folder;
  private final List<String> ends = new ArrayList<>();
  private boolean otherStepHasWork;

  private final DeploymentEnd end =
      new DeploymentEnd() {
        @Override
        public void succeeded(DeploymentSpec spec) {
          ends.add("succeeded " + spec.deploymentId());
        }

        @Override
        public void failed(DeploymentSpec spec, String event, String cause) {
          ends.add("failed " + spec.deploymentId() + " " + event + " " + cause);
        }
      };

  private final LifecycleStep other =
      new LifecycleStep() {
        @Override
        public String name() {
          return "other";
        }

        @Override
        public boolean hasWork(LifecycleEvent event, StepContext context) {
          return otherStepHasWork;
        }

        @Override
        public void run(LifecycleEvent event, StepContext context) {
          throw new AssertionError("never run here");
        }
      };

  private DeploymentProgress progress(ApplicationLedger ledger) {
    return new DeploymentProgress(
        ledger, List.of(other), _ -> LifecycleEvent.VALIDATE_SERVICE, end, Clock.systemUTC());
  }

  private static DeploymentSpec spec(String id, String key) {
    return new DeploymentSpec(
        id,
        "g-1",
        "green",
        "shop",
        "user",
        "IN_PLACE",
        "appspec.yml",
        FileExistsBehavior.DISALLOW,
        List.of(),
        Optional.empty(),
        new Revision.S3("b", key, BundleType.ZIP, Optional.empty(), Optional.empty()),
        Optional.empty());
  }

  private StepContext context(DeploymentSpec spec) {
    return new StepContext(
        spec,
        Optional.empty(),
        folder,
        folder,
        ScriptLog.of(folder, spec.deploymentId(), Optional.empty(), Clock.systemUTC()));
  }

  private static CommandInfo command(DeploymentSpec spec, LifecycleEvent event) {
    return new CommandInfo("c", event, spec, false);
  }

  @Test
  void aDeploymentWhoseLastEventHasNoWorkSucceedsOnceWithItsAcknowledgement() throws Exception {
    var ledger = ApplicationLedger.open(folder);
    var progress = progress(ledger);
    var context = context(spec("d-1", "one.zip"));

    progress.hasWork(LifecycleEvent.APPLICATION_STOP, context);
    var between = ledger.read().get("shop");
    progress.hasWork(LifecycleEvent.VALIDATE_SERVICE, context);
    progress.hasWork(LifecycleEvent.VALIDATE_SERVICE, context);

    assertThat(between.stage()).isEqualTo(Stage.BEHIND);
    assertThat(ends).containsExactly("succeeded d-1");
    assertThat(ledger.read().get("shop"))
        .satisfies(
            s -> {
              assertThat(s.stage()).isEqualTo(Stage.CURRENT);
              assertThat(s.installed()).contains(ONE);
            });
  }

  @Test
  void aLastEventWithWorkSucceedsOnlyWhenItHasPassed() throws Exception {
    otherStepHasWork = true;
    var progress = progress(ApplicationLedger.open(folder));
    var spec = spec("d-1", "one.zip");

    progress.hasWork(LifecycleEvent.VALIDATE_SERVICE, context(spec));
    var before = List.copyOf(ends);
    progress.commandFinished(
        command(spec, LifecycleEvent.VALIDATE_SERVICE), new CommandOutcome.Succeeded(""));

    assertThat(before).isEmpty();
    assertThat(ends).containsExactly("succeeded d-1");
  }

  @Test
  void aFailureKeepsTheInstalledRevisionAndSaysWhyAndWhatToDo() throws Exception {
    var ledger = ApplicationLedger.open(folder);
    var progress = progress(ledger);
    progress.hasWork(LifecycleEvent.VALIDATE_SERVICE, context(spec("d-1", "one.zip")));
    var two = spec("d-2", "two.zip");
    progress.hasWork(LifecycleEvent.APPLICATION_STOP, context(two));

    progress.commandFinished(
        command(two, LifecycleEvent.BEFORE_INSTALL),
        CommandOutcome.Failed.of(new AgentException(ErrorCode.HOOKS_DISABLED, "has scripts")));

    var left = ApplicationLedger.open(folder).read().get("shop");
    assertThat(left.wanted()).isEqualTo(TWO);
    assertThat(left.installed()).contains(ONE);
    assertThat(left.stage()).isEqualTo(Stage.FAILED);
    assertThat(left.reason())
        .isEqualTo("BeforeInstall of deployment d-2 failed: hooks-disabled: has scripts");
    assertThat(left.remedy()).isEqualTo(ErrorCode.HOOKS_DISABLED.remedy());
    assertThat(ends)
        .containsExactly("succeeded d-1", "failed d-2 BeforeInstall hooks-disabled: has scripts");
  }
}
