package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.codedeploy.Deployment.Failure;
import io.kodedeploy.simulator.codedeploy.Deployment.Status;
import io.kodedeploy.simulator.codedeploy.DeploymentGroup.InstanceHealth;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How deployments end: status, the group's memory, automatic rollback (2.8, 2.10). Called under the
 * lock of {@link State}.
 */
final class Endings {
  static final String ROLLBACK = "codeDeployRollback";
  private static final Logger log = LoggerFactory.getLogger(Endings.class);

  private final State state;
  private final Consumer<Deployment> start;

  Endings(State state, Consumer<Deployment> start) {
    this.state = state;
    this.start = start;
  }

  void succeed(Deployment deployment) {
    for (var target : deployment.all()) {
      if (target.attempted) {
        var succeeded = target.status == Target.Status.SUCCEEDED;
        deployment.group.health.put(
            target.member.arn(),
            new InstanceHealth(
                succeeded,
                succeeded ? Optional.of(deployment.order.revision()) : Optional.empty()));
      }
    }
    deployment.failure = null;
    deployment.group.lastSuccessful = deployment;
    end(deployment, Status.SUCCEEDED, null);
  }

  void failConstraints(Deployment deployment) {
    var failure = deployment.failure;
    if (failure == null) {
      failure =
          new Failure(
              "HEALTH_CONSTRAINTS",
              "The overall deployment failed because too many individual instances failed"
                  + " deployment, too few healthy instances are available for deployment, or some"
                  + " instances in your deployment group are experiencing problems.");
    }
    fail(deployment, failure.code(), failure.message());
  }

  void fail(Deployment deployment, String code, String message) {
    rememberAttempts(deployment);
    end(deployment, Status.FAILED, new Failure(code, message));
    rollBack(deployment, deployment.order.rollback(), AutoRollback.ON_FAILURE);
  }

  void stopped(Deployment deployment) {
    rememberAttempts(deployment);
    var message = "The deployment was stopped by a StopDeployment request.";
    end(deployment, Status.STOPPED, new Failure("MANUAL_STOP", message));
    var asked =
        deployment.rollbackOnStop.map(
            wanted -> new AutoRollback(wanted, List.of(AutoRollback.ON_REQUEST)));
    rollBack(deployment, asked.or(deployment.order::rollback), AutoRollback.ON_REQUEST);
  }

  /** After a failure: health by each one's own result, the last successful revision stays. */
  private static void rememberAttempts(Deployment deployment) {
    for (var target : deployment.all()) {
      var succeeded = target.status == Target.Status.SUCCEEDED;
      if (target.attempted && (succeeded || target.status == Target.Status.FAILED)) {
        var before = deployment.group.healthOf(target.member.arn());
        deployment.group.health.put(
            target.member.arn(),
            new InstanceHealth(
                succeeded,
                succeeded ? Optional.of(deployment.order.revision()) : before.revision()));
      }
    }
  }

  private void end(Deployment deployment, Status status, @Nullable Failure failure) {
    deployment.status = status;
    deployment.failure = failure;
    deployment.completeTime = state.clock.now();
    if (deployment.deadline != null) {
      deployment.deadline.cancel();
    }
    if (deployment.group.active == deployment) {
      deployment.group.active = null;
    }
    log.atInfo()
        .addKeyValue("deploymentId", deployment.id)
        .addKeyValue("status", status.wire)
        .addKeyValue("code", failure == null ? "" : failure.code())
        .log("deployment ended");
  }

  private void rollBack(Deployment failed, Optional<AutoRollback> rollback, String event) {
    var good = failed.group.lastSuccessful;
    if (good == null
        || failed.order.creator().equals(ROLLBACK)
        || rollback.filter(r -> r.firesOn(event)).isEmpty()
        || !exists(failed)) {
      return;
    }
    var settings = failed.group.settings;
    var order =
        new Deployment.Order(
            good.order.revision(),
            state.requireConfig(settings.configName()),
            "",
            failed.order.ignoreApplicationStopFailures(),
            false,
            good.order.fileExistsBehavior(),
            rollback,
            ROLLBACK,
            failed.order.region(),
            settings);
    var back = new Deployment(DeploymentIds.next(state), failed.group, order, state.clock.now());
    var message =
        "Deployment " + back.id + " is triggered to roll back deployment " + failed.id + ".";
    failed.rollbackInfo.put("rollbackDeploymentId", back.id).put("rollbackMessage", message);
    back.rollbackInfo
        .put("rollbackTriggeringDeploymentId", failed.id)
        .put("rollbackMessage", message);
    start.accept(back);
  }

  private boolean exists(Deployment deployment) {
    var group = deployment.group;
    return applicationExists(state, deployment)
        && group.application.groups.get(group.name) == group;
  }

  static boolean applicationExists(State state, Deployment deployment) {
    var application = deployment.group.application;
    return state.applications.get(application.name) == application;
  }
}
