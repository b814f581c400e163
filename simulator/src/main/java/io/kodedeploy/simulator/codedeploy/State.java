package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything CodeDeploy remembers. Whoever reads or changes it, or anything that it holds, owns
 * this object's monitor.
 */
final class State {
  final SimulatorClock clock;
  final Map<String, Application> applications = new TreeMap<>();
  final Map<String, DeploymentConfig> configs = new TreeMap<>();
  final Map<String, OnPremisesInstance> instances = new TreeMap<>();
  final Map<String, Deployment> deployments = new LinkedHashMap<>();

  State(SimulatorClock clock) {
    this.clock = clock;
    clear();
  }

  void clear() {
    applications.clear();
    instances.clear();
    deployments.clear();
    configs.clear();
    DeploymentConfig.predefined(clock.now()).forEach(c -> configs.put(c.name(), c));
  }

  Application requireApplication(String name) {
    var found = applications.get(name);
    if (found == null) {
      throw Refusal.of("ApplicationDoesNotExist", "No application found for name: " + name);
    }
    return found;
  }

  DeploymentConfig requireConfig(String name) {
    var found = configs.get(name);
    if (found == null) {
      throw Refusal.of(
          "DeploymentConfigDoesNotExist", "No deployment configuration found for name: " + name);
    }
    return found;
  }

  Deployment requireDeployment(String id) {
    var found = deployments.get(id);
    if (found == null) {
      throw Refusal.of("DeploymentDoesNotExist", "The deployment " + id + " could not be found");
    }
    return found;
  }
}
