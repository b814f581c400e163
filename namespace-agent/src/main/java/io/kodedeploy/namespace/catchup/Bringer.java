package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.command.CommandOutcome;
import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.namespace.catchup.ApplicationStatus.State;
import io.kodedeploy.namespace.catchup.ApplicationStatus.Why;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one application here by the normal events on the normal engine. */
final class Bringer {
  private static final Logger log = LoggerFactory.getLogger(Bringer.class);

  /** The commands of an in-place deployment without load balancer (host-agent.md 6.1). */
  private static final List<LifecycleEvent> EVENTS =
      List.of(
          LifecycleEvent.APPLICATION_STOP,
          LifecycleEvent.DOWNLOAD_BUNDLE,
          LifecycleEvent.BEFORE_INSTALL,
          LifecycleEvent.INSTALL,
          LifecycleEvent.AFTER_INSTALL,
          LifecycleEvent.APPLICATION_START,
          LifecycleEvent.VALIDATE_SERVICE);

  private final CatchUpService.Engine engine;
  private final InstallationListener listener;
  private final StatusBoard board;
  private final Clock clock;

  Bringer(
      CatchUpService.Engine engine, InstallationListener listener, StatusBoard board, Clock clock) {
    this.engine = engine;
    this.listener = listener;
    this.board = board;
    this.clock = clock;
  }

  /**
   * Brings it, and tells the board what became of it.
   *
   * @param creator of the deployment, as hooks and steps see it
   */
  void bring(Wanted one, DeploymentFacts.Source source, String creator) {
    var spec =
        new DeploymentSpec(
            one.deploymentId(),
            one.group().id(),
            one.group().name(),
            one.application(),
            creator,
            DeploymentSpec.DEFAULT_TYPE,
            DeploymentSpec.DEFAULT_APPSPEC,
            source.fileExists(),
            List.of(),
            Optional.empty(),
            source.revision(),
            Optional.empty());
    var before = listener.serviceDeployment(one.application());
    log.atInfo()
        .addKeyValue("application", one.application())
        .addKeyValue("deploymentId", one.deploymentId())
        .log("catch-up of an application begins");
    var begin = clock.instant();
    try {
      for (var event : EVENTS) {
        if (!listener.serviceDeployment(one.application()).equals(before)) {
          wait(one, "", "a deployment of the service took over", "", NextAttempt.AFTER_DEPLOYMENT);
          return;
        }
        if (engine.execute(spec, event) instanceof CommandOutcome.Failed failed) {
          failed(one, event, failed);
          return;
        }
      }
      board.tell(one, State.CURRENT, Why.WELL);
      log.atInfo()
          .addKeyValue("application", one.application())
          .addKeyValue("deploymentId", one.deploymentId())
          .addKeyValue("elapsedMs", Duration.between(begin, clock.instant()).toMillis())
          .log("catch-up of an application is done");
    } catch (InterruptedException _) {
      wait(one, "", "the agent is stopping", "", NextAttempt.NEXT_LOOK);
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.atError().setCause(e).addKeyValue("application", one.application()).log("catch-up broke");
      var code = ErrorCode.UNEXPECTED;
      wait(one, code.id(), e.toString(), code.remedy(), NextAttempt.NEXT_LOOK);
    }
  }

  private void wait(Wanted one, String code, String reason, String remedy, NextAttempt next) {
    board.tell(one, State.WAITING, new Why(code, reason, remedy, next));
  }

  private void failed(Wanted one, LifecycleEvent event, CommandOutcome.Failed failed) {
    var code = failed.code();
    var state =
        code == ErrorCode.BUNDLE_UNAVAILABLE
            ? State.GONE
            : InstallationListener.lasting(code) ? State.FAILED : State.WAITING;
    log.atWarn()
        .addKeyValue("application", one.application())
        .addKeyValue("deploymentId", one.deploymentId())
        .addKeyValue("event", event.name())
        .addKeyValue("code", code.id())
        .addKeyValue("state", state.word())
        .log("catch-up of an application failed");
    board.tell(
        one,
        state,
        new Why(
            code.id(),
            one.deploymentId() + " failed in " + event.name() + ": " + failed.message(),
            code.remedy(),
            state == State.FAILED ? NextAttempt.NEW_DEPLOYMENT : NextAttempt.NEXT_LOOK));
  }
}
