package io.kodedeploy.core.command;

import io.kodedeploy.core.spec.DeploymentSpec;

/**
 * Hears what a host does, for metrics, events and records. Called on the host's threads: answers
 * quickly. What it throws is logged and changes nothing.
 */
public interface HostListener {
  /** Hears nothing. */
  HostListener NOOP = new HostListener() {};

  /** A poll ended. */
  default void polled(PollResult result) {}

  /** A command of this deployment came and was accepted; it may have to wait for its turn. */
  default void deploymentArrived(DeploymentSpec spec) {}

  /** The execution of a command begins; it was acknowledged. */
  default void commandStarted(CommandInfo command) {}

  /** A command ended; its report, if any, follows. */
  default void commandFinished(CommandInfo command, CommandOutcome outcome) {}

  /** The execution of a command is over and its report, if any, is sent or given up. */
  default void commandSettled(CommandInfo command) {}

  /** A command was acknowledged as one without work; nothing is executed. */
  default void commandSkipped(CommandInfo command) {}

  /**
   * A deployment of the service ended on this host: with its last event, or with the first that
   * failed.
   */
  default void deploymentFinished(DeploymentSpec spec, boolean succeeded) {}

  /** The poll loop moves: called at least every 30 seconds, or as long as a poll lasts. */
  default void loopTurned() {}

  /** Both hear everything, the first one first. */
  static HostListener both(HostListener first, HostListener second) {
    return new HostListener() {
      @Override
      public void polled(PollResult result) {
        first.polled(result);
        second.polled(result);
      }

      @Override
      public void deploymentArrived(DeploymentSpec spec) {
        first.deploymentArrived(spec);
        second.deploymentArrived(spec);
      }

      @Override
      public void commandStarted(CommandInfo command) {
        first.commandStarted(command);
        second.commandStarted(command);
      }

      @Override
      public void commandFinished(CommandInfo command, CommandOutcome outcome) {
        first.commandFinished(command, outcome);
        second.commandFinished(command, outcome);
      }

      @Override
      public void commandSettled(CommandInfo command) {
        first.commandSettled(command);
        second.commandSettled(command);
      }

      @Override
      public void commandSkipped(CommandInfo command) {
        first.commandSkipped(command);
        second.commandSkipped(command);
      }

      @Override
      public void deploymentFinished(DeploymentSpec spec, boolean succeeded) {
        first.deploymentFinished(spec, succeeded);
        second.deploymentFinished(spec, succeeded);
      }

      @Override
      public void loopTurned() {
        first.loopTurned();
        second.loopTurned();
      }
    };
  }
}
