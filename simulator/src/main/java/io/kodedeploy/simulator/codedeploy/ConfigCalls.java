package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.util.ArrayList;
import tools.jackson.databind.node.ObjectNode;

/** The operations on deployment configurations. Called under the lock of {@link State}. */
final class ConfigCalls {
  private final State state;

  ConfigCalls(State state) {
    this.state = state;
  }

  ObjectNode create(Input input) {
    var name = Names.config(input.text("deploymentConfigName"));
    if (DeploymentConfig.isReserved(name)) {
      throw Refusal.of(
          "InvalidDeploymentConfigName", "A custom name must not begin with CodeDeployDefault.");
    }
    var platform = input.text("computePlatform").orElse("Server");
    if (!platform.equals("Server")) {
      throw Refusal.unsupported("deployment configurations of " + platform);
    }
    if (input.has("trafficRoutingConfig")) {
      throw Refusal.of(
          "InvalidTrafficRoutingConfiguration", "Server has no traffic routing configuration");
    }
    if (input.has("zonalConfig")) {
      throw Refusal.unsupported("zonal deployment configurations");
    }
    var minimum = MinimumHealthy.parse(input);
    if (state.configs.containsKey(name)) {
      throw Refusal.of(
          "DeploymentConfigAlreadyExists", "Deployment configuration already exists: " + name);
    }
    var config = DeploymentConfig.custom(name, minimum, state.clock.now());
    state.configs.put(name, config);
    return Json.object().put("deploymentConfigId", config.id());
  }

  ObjectNode get(Input input) {
    var name = Names.config(input.text("deploymentConfigName"));
    return Json.object().set("deploymentConfigInfo", state.requireConfig(name).json());
  }

  ObjectNode list(Input input) {
    return Page.of(
        "ListDeploymentConfigs",
        "deploymentConfigsList",
        new ArrayList<>(state.configs.keySet()),
        input);
  }

  void delete(Input input) {
    var name = Names.config(input.text("deploymentConfigName"));
    if (DeploymentConfig.isReserved(name)) {
      throw Refusal.of("InvalidOperation", "A predefined configuration cannot be deleted: " + name);
    }
    for (var application : state.applications.values()) {
      for (var group : application.groups.values()) {
        if (group.settings.configName().equals(name)) {
          throw Refusal.of(
              "DeploymentConfigInUse", "The configuration is used by the group " + group.name);
        }
      }
    }
    state.configs.remove(name);
  }
}
