package io.kodedeploy.core.command;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.hook.EventScripts;
import io.kodedeploy.core.store.DurableNotes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * How a host works.
 *
 * @param agent the official settings; {@code root_dir} belongs to this host alone
 * @param environment the process's environment, inherited by hook scripts as the specification
 *     says; nothing else is read from it
 * @param scripts whether scripts of an AppSpec may run; false fails a command that has some with
 *     {@code hooks-disabled}
 * @param acceptance which deployments it takes
 * @param notes what outlives process and disk. With them an interrupted command goes on after a
 *     restart, step by step; without them it is reported as failed, as the official agent does
 * @param takes whether it may take commands now, asked before every poll: a host that is not the
 *     one writer of its namespace finishes what it has and takes nothing
 * @param stopLimit longest wait for running commands when the host is stopped, whatever the
 *     official setting says: a pod has no more time than its grace period
 * @param elsewhere carries scripts out where this process's identity cannot be read, and installs
 *     files and permissions there before them; nothing of a bundle is then executed or installed
 *     here
 */
public record HostSettings(
    CodeDeployAgentConfig agent,
    Map<String, String> environment,
    boolean scripts,
    Acceptance acceptance,
    Optional<DurableNotes> notes,
    BooleanSupplier takes,
    Duration stopLimit,
    Optional<EventScripts> elsewhere) {
  /** Copies the environment. */
  public HostSettings {
    environment = Map.copyOf(environment);
  }

  /** A host that may take commands at any time. */
  public HostSettings(
      CodeDeployAgentConfig agent,
      Map<String, String> environment,
      boolean scripts,
      Acceptance acceptance,
      Optional<DurableNotes> notes) {
    this(
        agent,
        environment,
        scripts,
        acceptance,
        notes,
        () -> true,
        agent.stopWait(),
        Optional.empty());
  }

  /** A host without Kubernetes: takes every deployment and resumes nothing. */
  public HostSettings(
      CodeDeployAgentConfig agent, Map<String, String> environment, boolean scripts) {
    this(agent, environment, scripts, Acceptance.ANY, Optional.empty());
  }

  /** How long a stop waits for running commands. */
  public Duration stopWait() {
    return stopLimit.compareTo(agent.stopWait()) < 0 ? stopLimit : agent.stopWait();
  }

  /** Never shows the environment. */
  @Override
  public String toString() {
    return "HostSettings[rootDirectory="
        + agent.rootDirectory()
        + ", scripts="
        + scripts
        + ", acceptance="
        + acceptance
        + ", durable="
        + notes.isPresent()
        + "]";
  }
}
