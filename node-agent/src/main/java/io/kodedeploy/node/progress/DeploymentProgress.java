package io.kodedeploy.node.progress;

import io.kodedeploy.core.command.CommandInfo;
import io.kodedeploy.core.command.CommandOutcome;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.command.LifecycleStep;
import io.kodedeploy.core.command.StepContext;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.node.progress.ApplicationState.Carried;
import io.kodedeploy.node.progress.ApplicationState.Stage;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Follows each deployment from its first to its last event. It is a step that never has work,
 * because an event without any is answered by the acknowledgement alone and no listener hears of
 * it; and a listener, because only that hears how work ended. Safe for use by many threads.
 */
public final class DeploymentProgress implements LifecycleStep, HostListener {
  /** Which event is a deployment's last on this node. */
  @FunctionalInterface
  public interface LastEvent {
    /** The last event of that deployment. */
    LifecycleEvent of(DeploymentSpec spec);
  }

  private final ApplicationLedger ledger;
  private final List<LifecycleStep> steps;
  private final LastEvent lastEvent;
  private final DeploymentEnd end;
  private final InstantSource clock;

  /**
   * Follows the deployments of a host.
   *
   * @param steps the host's other steps
   */
  public DeploymentProgress(
      ApplicationLedger ledger,
      List<LifecycleStep> steps,
      LastEvent lastEvent,
      DeploymentEnd end,
      InstantSource clock) {
    this.ledger = ledger;
    this.steps = List.copyOf(steps);
    this.lastEvent = lastEvent;
    this.end = end;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "kodedeploy.progress";
  }

  @Override
  public boolean hasWork(LifecycleEvent event, StepContext context) throws InterruptedException {
    var spec = context.spec();
    begun(spec, event);
    if (event.equals(lastEvent.of(spec))
        && context.appSpec().stream().allMatch(a -> a.scripts(event.name()).isEmpty())
        && nobodyHasWork(event, context)) {
      succeeded(spec);
    }
    return false;
  }

  private boolean nobodyHasWork(LifecycleEvent event, StepContext context)
      throws InterruptedException {
    for (var step : steps) {
      if (step.hasWork(event, context)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void run(LifecycleEvent event, StepContext context) {
    throw new IllegalStateException("this step never has work");
  }

  @Override
  public void commandFinished(CommandInfo command, CommandOutcome outcome) {
    switch (outcome) {
      case CommandOutcome.Failed failed -> failed(command, failed);
      case CommandOutcome.Succeeded _ -> {
        if (command.event().equals(lastEvent.of(command.spec()))) {
          succeeded(command.spec());
        }
      }
    }
  }

  private void begun(DeploymentSpec spec, LifecycleEvent event) {
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
                        "deployment " + spec.deploymentId() + " is under way since " + event,
                        "",
                        clock.instant())));
  }

  private void succeeded(DeploymentSpec spec) {
    var carried = carried(spec);
    var state = ledger.read().get(spec.applicationName());
    if (state != null
        && state.stage() == Stage.CURRENT
        && state.installed().filter(carried::equals).isPresent()) {
      return; // asked twice about the same event
    }
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
