package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Shows the targets of a deployment (5.3, 5.4). Called under the lock of {@link State}. */
final class TargetCalls {
  private static final Set<String> STATUSES =
      Set.of("Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Unknown", "Ready");

  private final State state;

  TargetCalls(State state) {
    this.state = state;
  }

  ObjectNode list(Input input) {
    var deployment = started(input);
    var filters = input.object("targetFilters").map(Input::node).orElse(Json.object());
    for (var name : filters.propertyNames()) {
      if (name.equals("ServerInstanceLabel")) {
        throw labels(new Input(filters).texts(name).orElse(List.of()));
      }
      if (!name.equals("TargetStatus")) {
        throw Refusal.of("InvalidTargetFilterName", "Unknown filter: " + name);
      }
    }
    var statuses = new Input(filters).texts("TargetStatus").map(TargetCalls::known);
    return ids(deployment, statuses, "targetIds", input);
  }

  private static List<String> known(List<String> statuses) {
    if (!STATUSES.containsAll(statuses)) {
      throw Refusal.of("InvalidInstanceStatus", "Unknown target status in " + statuses);
    }
    return statuses;
  }

  private static RuntimeException labels(List<String> values) {
    if (!Set.of("Blue", "Green").containsAll(values)) {
      return Refusal.of("InvalidInstanceType", "Unknown instance type in " + values);
    }
    return Refusal.of(
        "InvalidDeploymentInstanceType", "An in-place deployment has no blue or green instances");
  }

  private static ObjectNode ids(
      Deployment deployment, Optional<List<String>> statuses, String member, Input input) {
    var ids = new ArrayList<String>();
    for (var target : deployment.all()) {
      if (statuses.map(s -> s.contains(target.status.wire)).orElse(true)) {
        ids.add(target.member.id());
      }
    }
    return Page.of("targets of " + deployment.id, member, ids, input);
  }

  ObjectNode get(Input input) {
    var deployment = started(input);
    var target = find(deployment, input.text("targetId"));
    return Json.object().set("deploymentTarget", target.json());
  }

  ObjectNode batchGet(Input input) {
    var deployment = started(input);
    var ids = input.texts("targetIds").orElse(List.of());
    if (ids.isEmpty()) {
      throw idRequired();
    }
    Batch.check(ids.size());
    var answer = Json.object();
    var list = answer.putArray("deploymentTargets");
    ids.forEach(id -> list.add(find(deployment, Optional.of(id)).json()));
    return answer;
  }

  private static Target find(Deployment deployment, Optional<String> id) {
    var wanted = id.filter(i -> !i.isEmpty()).orElseThrow(TargetCalls::idRequired);
    return lookUp(deployment, wanted)
        .orElseThrow(
            () ->
                Refusal.of(
                    "DeploymentTargetDoesNotExist",
                    "The deployment " + deployment.id + " has no target " + wanted));
  }

  /** By id or, leniently, by ARN. */
  private static Optional<Target> lookUp(Deployment deployment, String wanted) {
    return deployment.all().stream()
        .filter(t -> t.member.id().equals(wanted) || t.member.arn().equals(wanted))
        .findFirst();
  }

  private static RuntimeException idRequired() {
    return Refusal.of("DeploymentTargetIdRequired", "The target ID is missing");
  }

  private Deployment started(Input input) {
    var deployment = state.requireDeployment(Names.deploymentId(input.text("deploymentId")));
    if (deployment.targets.isEmpty() && !deployment.status.terminal) {
      throw Refusal.of("DeploymentNotStarted", "The deployment has not started: " + deployment.id);
    }
    return deployment;
  }

  /** Deprecated ListDeploymentInstances: plain ids. */
  ObjectNode listInstances(Input input) {
    var deployment = started(input);
    if (input.has("instanceTypeFilter")) {
      throw labels(input.texts("instanceTypeFilter").orElse(List.of()));
    }
    var statuses = input.texts("instanceStatusFilter").map(TargetCalls::known);
    return ids(deployment, statuses, "instancesList", input);
  }

  /** Deprecated GetDeploymentInstance: {@code instanceId} is an ARN. */
  ObjectNode getInstance(Input input) {
    var deployment = started(input);
    var id =
        input
            .text("instanceId")
            .filter(i -> !i.isEmpty())
            .orElseThrow(() -> Refusal.of("InstanceIdRequired", "The instance ID is missing"));
    var target =
        lookUp(deployment, id)
            .orElseThrow(() -> Refusal.of("InstanceDoesNotExist", "No such instance in it: " + id));
    return Json.object().set("instanceSummary", target.summary());
  }

  ObjectNode batchGetInstances(Input input) {
    var deployment = started(input);
    var ids = input.texts("instanceIds").orElse(List.of());
    if (ids.isEmpty()) {
      throw Refusal.of("InstanceIdRequired", "Instance IDs are missing");
    }
    Batch.check(ids.size());
    var answer = Json.object();
    var list = answer.putArray("instancesSummary");
    ids.forEach(id -> lookUp(deployment, id).ifPresent(t -> list.add(t.summary())));
    return answer;
  }
}
