package io.kodedeploy.node.progress;

import io.kodedeploy.core.command.CommandInfo;
import io.kodedeploy.core.command.CommandOutcome;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.node.progress.ApplicationState.Carried;
import io.kodedeploy.node.progress.ApplicationState.Stage;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Follows each deployment from its first to its last event, across restarts of the agent. Safe for
 * use by many threads.
 */
public final class DeploymentProgress implements HostListener {
  /** Which event is a deployment's last on this node. */
  @FunctionalInterface
  public interface LastEvent {
    /** The last event of that deployment. */
    LifecycleEvent of(DeploymentSpec spec);
  }

  private final ApplicationLedger ledger;
  private final LastEvent lastEvent;
  private final DeploymentEnd end;
  private final InstantSource clock;

  /** Follows the deployments of a host. */
  public DeploymentProgress(
      ApplicationLedger ledger, LastEvent lastEvent, DeploymentEnd end, InstantSource clock) {
    this.ledger = ledger;
    this.lastEvent = lastEvent;
    this.end = end;
    this.clock = clock;
  }

  @Override
  public void commandStarted(CommandInfo command) {
    begun(command);
  }

  @Override
  public void commandSkipped(CommandInfo command) {
    begun(command);
    passed(command);
  }

  @Override
  public void commandFinished(CommandInfo command, CommandOutcome outcome) {
    switch (outcome) {
      case CommandOutcome.Failed failed -> failed(command, failed);
      case CommandOutcome.Succeeded _ -> passed(command);
    }
  }

  private void begun(CommandInfo command) {
    var spec = command.spec();
    var wanted = carried(spec);
    ledger.update(
        spec.applicationName(),
        before ->
            before.filter(s -> s.wanted().equals(wanted)).isPresent()
                ? before
                : Optional.of(
                    new ApplicationState(
                        spec.deploymentGroupName(),
                        wanted,
                        before.flatMap(ApplicationState::installed),
                        Stage.BEHIND,
                        "deployment " + spec.deploymentId() + " is under way",
                        "",
                        clock.instant())));
  }

  private void passed(CommandInfo command) {
    var spec = command.spec();
    if (!command.event().equals(lastEvent.of(spec))) {
      return;
    }
    var carried = carried(spec);
    ledger.update(
        spec.applicationName(),
        _ ->
            Optional.of(
                new ApplicationState(
                    spec.deploymentGroupName(),
                    carried,
                    Optional.of(carried),
                    Stage.CURRENT,
                    "",
                    "",
                    clock.instant())));
    end.succeeded(spec);
  }

  private void failed(CommandInfo command, CommandOutcome.Failed failed) {
    var spec = command.spec();
    String cause = failed.code().id() + ": " + failed.message();
    ledger.update(
        spec.applicationName(),
        before ->
            Optional.of(
                new ApplicationState(
                    spec.deploymentGroupName(),
                    carried(spec),
                    before.flatMap(ApplicationState::installed),
                    Stage.FAILED,
                    command.event() + " of deployment " + spec.deploymentId() + " failed: " + cause,
                    failed.code().remedy(),
                    clock.instant())));
    end.failed(spec, command.event().name(), cause);
  }

  private static Carried carried(DeploymentSpec spec) {
    return new Carried(spec.deploymentId(), ApplicationState.words(spec.revision()));
  }
}
