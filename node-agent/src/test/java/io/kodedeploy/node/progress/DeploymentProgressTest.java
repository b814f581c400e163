package io.kodedeploy.node.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.command.CommandInfo;
import io.kodedeploy.core.command.CommandOutcome;
import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
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

  private DeploymentProgress progress(ApplicationLedger ledger) {
    return new DeploymentProgress(
        ledger, _ -> LifecycleEvent.VALIDATE_SERVICE, end, Clock.systemUTC());
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

  private static CommandInfo command(DeploymentSpec spec, LifecycleEvent event) {
    return new CommandInfo("c", event, spec, false);
  }

  @Test
  void aDeploymentSucceedsWithItsLastEventEvenWhenThatHasNoWork() {
    var ledger = ApplicationLedger.open(folder);
    var progress = progress(ledger);
    var spec = spec("d-1", "one.zip");

    progress.commandSkipped(command(spec, LifecycleEvent.APPLICATION_STOP));
    var between = ledger.read().get("shop");
    progress.commandSkipped(command(spec, LifecycleEvent.VALIDATE_SERVICE));

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
  void anEventThatIsNotTheLastEndsNothing() {
    var ledger = ApplicationLedger.open(folder);
    var progress = progress(ledger);
    var install = command(spec("d-1", "one.zip"), LifecycleEvent.INSTALL);

    progress.commandStarted(install);
    progress.commandFinished(install, new CommandOutcome.Succeeded(""));

    assertThat(ends).isEmpty();
    assertThat(ledger.read().get("shop").stage()).isEqualTo(Stage.BEHIND);
  }

  @Test
  void aFailureKeepsTheInstalledRevisionAndSaysWhyAndWhatToDo() {
    var progress = progress(ApplicationLedger.open(folder));
    progress.commandSkipped(command(spec("d-1", "one.zip"), LifecycleEvent.VALIDATE_SERVICE));
    var two = spec("d-2", "two.zip");
    progress.commandStarted(command(two, LifecycleEvent.APPLICATION_STOP));

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
