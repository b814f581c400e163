package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Creates, shows, lists and stops deployments. Called under the lock of {@link State}. */
final class DeploymentCalls {
  private static final Set<String> STATUSES =
      Set.of(
          "Created", "Queued", "InProgress", "Baking", "Succeeded", "Failed", "Stopped", "Ready");

  private final State state;
  private final Scheduler scheduler;

  DeploymentCalls(State state, Scheduler scheduler) {
    this.state = state;
    this.scheduler = scheduler;
  }

  /** Checks in the order of 2.2. */
  ObjectNode create(Input input, String region) {
    var application = state.requireApplication(Names.application(input.text("applicationName")));
    var group = application.requireGroup(Names.group(input.text("deploymentGroupName")));
    var revision = Revision.parse(input.object("revision"));
    var description = Descriptions.read(input);
    var config = config(input, group);
    var behaviour = input.text("fileExistsBehavior").orElse("DISALLOW");
    if (!Set.of("DISALLOW", "OVERWRITE", "RETAIN").contains(behaviour)) {
      throw Refusal.of(
          "InvalidFileExistsBehavior", "fileExistsBehavior must be DISALLOW, OVERWRITE or RETAIN");
    }
    var rollback = AutoRollback.parse(input).or(group.settings::rollback);
    if (input.object("overrideAlarmConfiguration").flatMap(a -> a.flag("enabled")).orElse(false)) {
      throw Refusal.unsupported("overrideAlarmConfiguration (CloudWatch alarms)");
    }
    if (input.has("targetInstances")) {
      throw Refusal.of(
          "InvalidTargetInstances", "targetInstances is not possible for an in-place deployment");
    }
    if (group.active != null) {
      throw Refusal.of(
          "DeploymentLimitExceeded",
          "The Deployment Group '%s' already has an active Deployment '%s'"
              .formatted(group.name, group.active.id));
    }
    var order =
        new Deployment.Order(
            revision,
            config,
            description,
            input.flag("ignoreApplicationStopFailures").orElse(false),
            input.flag("updateOutdatedInstancesOnly").orElse(false),
            behaviour,
            rollback,
            "user",
            region,
            group.settings);
    var deployment = new Deployment(DeploymentIds.next(state), group, order, state.clock.now());
    application.revisions.computeIfAbsent(
        revision,
        _ ->
            new RegisteredRevision(
                state.clock.now(),
                "Application revision registered by Deployment ID: " + deployment.id));
    scheduler.created(deployment);
    return Json.object().put("deploymentId", deployment.id);
  }

  private DeploymentConfig config(Input input, DeploymentGroup group) {
    var name = input.text("deploymentConfigName");
    var config =
        state.requireConfig(name.isPresent() ? Names.config(name) : group.settings.configName());
    if (!config.platform().equals("Server")) {
      throw Refusal.of(
          "InvalidDeploymentConfigName", "Not a configuration of Server: " + config.name());
    }
    return config;
  }

  ObjectNode get(Input input) {
    var deployment = state.requireDeployment(Names.deploymentId(input.text("deploymentId")));
    return Json.object().set("deploymentInfo", json(deployment));
  }

  private ObjectNode json(Deployment deployment) {
    return deployment.json(Endings.applicationExists(state, deployment));
  }

  ObjectNode batchGet(Input input) {
    var ids = input.texts("deploymentIds").orElse(List.of());
    if (ids.isEmpty()) {
      throw Refusal.of("DeploymentIdRequired", "Deployment IDs are missing");
    }
    Batch.check(ids.size());
    var answer = Json.object();
    var list = answer.putArray("deploymentsInfo");
    for (var id : ids) {
      var deployment = state.deployments.get(Names.deploymentId(Optional.of(id)));
      if (deployment != null) {
        list.add(json(deployment));
      }
    }
    return answer;
  }

  ObjectNode list(Input input) {
    var group = group(input);
    var statuses = input.texts("includeOnlyStatuses").orElse(List.of());
    if (!STATUSES.containsAll(statuses)) {
      throw Refusal.of("InvalidDeploymentStatus", "Unknown deployment status in " + statuses);
    }
    var range = input.object("createTimeRange");
    var start = range.flatMap(r -> r.number("start")).map(DeploymentCalls::instant);
    var end = range.flatMap(r -> r.number("end")).map(DeploymentCalls::instant);
    if (start.isPresent() && end.isPresent() && start.get().isAfter(end.get())) {
      throw Refusal.of("InvalidTimeRange", "The start of the range is after its end");
    }
    var ids = new ArrayList<String>();
    for (var deployment : state.deployments.values()) {
      var time = deployment.createTime;
      if (group.map(g -> g == deployment.group).orElse(true)
          && (statuses.isEmpty() || statuses.contains(deployment.status.wire))
          && start.map(s -> !time.isBefore(s)).orElse(true)
          && end.map(e -> !time.isAfter(e)).orElse(true)) {
        ids.add(deployment.id);
      }
    }
    return Page.of("ListDeployments", "deployments", ids.reversed(), input);
  }

  private Optional<DeploymentGroup> group(Input input) {
    var application = input.text("applicationName");
    var group = input.text("deploymentGroupName");
    if (application.isEmpty() && group.isEmpty()) {
      return Optional.empty();
    }
    var name = Names.application(application);
    var groupName = Names.group(group);
    return Optional.of(state.requireApplication(name).requireGroup(groupName));
  }

  private static Instant instant(double seconds) {
    return Instant.ofEpochMilli(Math.round(seconds * 1000));
  }

  ObjectNode stop(Input input) {
    var deployment = state.requireDeployment(Names.deploymentId(input.text("deploymentId")));
    if (deployment.status.terminal) {
      throw Refusal.of(
          "DeploymentAlreadyCompleted", "The deployment is already complete: " + deployment.id);
    }
    var stopped = scheduler.stop(deployment, input.flag("autoRollbackEnabled"));
    return Json.object()
        .put("status", stopped ? "Succeeded" : "Pending")
        .put(
            "statusMessage",
            "No more commands will be scheduled for execution in the deployment instances");
  }

  /** Every deployment here is in place: there is nothing to continue. */
  ObjectNode proceed(Input input) {
    var deployment = state.requireDeployment(Names.deploymentId(input.text("deploymentId")));
    var type = input.text("deploymentWaitType").orElse("READY_WAIT");
    if (!type.equals("READY_WAIT") && !type.equals("TERMINATION_WAIT")) {
      throw Refusal.of("InvalidDeploymentWaitType", "Unknown wait type: " + type);
    }
    if (deployment.status.terminal) {
      throw Refusal.of(
          "DeploymentAlreadyCompleted", "The deployment is already complete: " + deployment.id);
    }
    throw Refusal.of(
        "UnsupportedActionForDeploymentType", "An in-place deployment has nothing to continue");
  }
}
