package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The operations on deployment groups. Called under the lock of {@link State}. */
final class GroupCalls {
  private final State state;
  private final GroupRequest requests;
  private final Scheduler scheduler;

  GroupCalls(State state, InstanceDirectory instances, Scheduler scheduler) {
    this.state = state;
    this.scheduler = scheduler;
    this.requests = new GroupRequest(state, instances);
  }

  ObjectNode create(Input input) {
    var application = application(input);
    var name = Names.group(input.text("deploymentGroupName"));
    if (application.groups.containsKey(name)) {
      throw taken(name);
    }
    var settings = requests.apply(GroupSettings.INITIAL, input);
    var tags = ResourceTags.parse(input);
    var group = new DeploymentGroup(application, name, settings);
    group.tags.putAll(tags);
    application.groups.put(name, group);
    return Json.object().put("deploymentGroupId", group.id);
  }

  ObjectNode update(Input input) {
    var application = application(input);
    var name = Names.group(input.text("currentDeploymentGroupName"));
    var group = application.requireGroup(name);
    var newName =
        input.has("newDeploymentGroupName")
            ? Names.group(input.text("newDeploymentGroupName"))
            : name;
    if (!newName.equals(name) && application.groups.containsKey(newName)) {
      throw taken(newName);
    }
    group.settings = requests.apply(group.settings, input);
    application.groups.remove(name);
    group.name = newName;
    application.groups.put(newName, group);
    return withoutLeftovers();
  }

  /** Deleting what is not there succeeds. */
  ObjectNode delete(Input input) {
    var application = application(input);
    var removed = application.groups.remove(Names.group(input.text("deploymentGroupName")));
    if (removed != null) {
      scheduler.ownerDeleted(removed, "DEPLOYMENT_GROUP_MISSING");
    }
    return withoutLeftovers();
  }

  private static ObjectNode withoutLeftovers() {
    var answer = Json.object();
    answer.putArray("hooksNotCleanedUp");
    return answer;
  }

  ObjectNode get(Input input) {
    var group = application(input).requireGroup(Names.group(input.text("deploymentGroupName")));
    return Json.object().set("deploymentGroupInfo", group.json());
  }

  ObjectNode batchGet(Input input) {
    var application = application(input);
    var names = input.texts("deploymentGroupNames").orElse(List.of());
    if (names.isEmpty()) {
      throw Refusal.of("DeploymentGroupNameRequired", "Deployment Group names are missing");
    }
    Batch.check(names.size());
    var answer = Json.object();
    var list = answer.putArray("deploymentGroupsInfo");
    var unknown = new ArrayList<String>();
    for (var name : names) {
      var group = application.groups.get(name);
      if (group == null) {
        unknown.add(name);
      } else {
        list.add(group.json());
      }
    }
    if (!unknown.isEmpty()) {
      answer.put(
          "errorMessage", "No Deployment Group found for name: " + String.join(", ", unknown));
    }
    return answer;
  }

  ObjectNode list(Input input) {
    var application = application(input);
    return Page.of(
            "ListDeploymentGroups",
            "deploymentGroups",
            new ArrayList<>(application.groups.keySet()),
            input)
        .put("applicationName", application.name);
  }

  private Application application(Input input) {
    return state.requireApplication(Names.application(input.text("applicationName")));
  }

  private static RuntimeException taken(String name) {
    return Refusal.of("DeploymentGroupAlreadyExists", "Deployment Group already exists: " + name);
  }
}
