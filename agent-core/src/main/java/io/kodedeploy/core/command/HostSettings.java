package io.kodedeploy.core.command;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import java.util.Map;

/**
 * How a host works.
 *
 * @param agent the official settings; {@code root_dir} belongs to this host alone
 * @param environment the process's environment, inherited by hook scripts as the specification
 *     says; nothing else is read from it
 * @param scripts whether scripts of an AppSpec may run; false fails a command that has some with
 *     {@code hooks-disabled}
 */
public record HostSettings(
    CodeDeployAgentConfig agent, Map<String, String> environment, boolean scripts) {
  /** Copies the environment. */
  public HostSettings {
    environment = Map.copyOf(environment);
  }

  /** Never shows the environment. */
  @Override
  public String toString() {
    return "HostSettings[rootDirectory=" + agent.rootDirectory() + ", scripts=" + scripts + "]";
  }
}
