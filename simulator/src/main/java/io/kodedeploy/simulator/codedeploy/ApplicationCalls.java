package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The operations on applications. Called under the lock of {@link State}. */
final class ApplicationCalls {
  private final State state;
  private final Scheduler scheduler;

  ApplicationCalls(State state, Scheduler scheduler) {
    this.state = state;
    this.scheduler = scheduler;
  }

  ObjectNode create(Input input) {
    var name = Names.application(input.text("applicationName"));
    switch (input.text("computePlatform").orElse("Server")) {
      case "Server" -> {}
      case "ECS", "Lambda" -> throw Refusal.unsupported("the compute platforms ECS and Lambda");
      default -> throw Refusal.of("InvalidComputePlatform", "computePlatform must be Server");
    }
    var tags = ResourceTags.parse(input);
    if (state.applications.containsKey(name)) {
      throw taken(name);
    }
    var application = new Application(name, state.clock.now());
    application.tags.putAll(tags);
    state.applications.put(name, application);
    return Json.object().put("applicationId", application.id);
  }

  ObjectNode get(Input input) {
    var name = Names.application(input.text("applicationName"));
    return Json.object().set("application", state.requireApplication(name).json());
  }

  ObjectNode batchGet(Input input) {
    var names = input.texts("applicationNames").orElse(List.of());
    if (names.isEmpty()) {
      throw Refusal.of("ApplicationNameRequired", "Application names are missing");
    }
    Batch.check(names.size());
    var answer = Json.object();
    var list = answer.putArray("applicationsInfo");
    for (var name : names) {
      var application = state.applications.get(name);
      if (application != null) {
        list.add(application.json());
      }
    }
    return answer;
  }

  ObjectNode list(Input input) {
    return Page.of(
        "ListApplications", "applications", new ArrayList<>(state.applications.keySet()), input);
  }

  void update(Input input) {
    var name = Names.application(input.text("applicationName"));
    var application = state.requireApplication(name);
    if (!input.has("newApplicationName")) {
      return;
    }
    var newName = Names.application(input.text("newApplicationName"));
    if (!newName.equals(name) && state.applications.containsKey(newName)) {
      throw taken(newName);
    }
    state.applications.remove(name);
    application.name = newName;
    state.applications.put(newName, application);
  }

  /** Deleting what is not there succeeds; running deployments fail. */
  void delete(Input input) {
    var removed = state.applications.remove(Names.application(input.text("applicationName")));
    if (removed != null) {
      removed.groups.values().forEach(g -> scheduler.ownerDeleted(g, "APPLICATION_MISSING"));
    }
  }

  private static RuntimeException taken(String name) {
    return Refusal.of("ApplicationAlreadyExists", "Application already exists: " + name);
  }
}
