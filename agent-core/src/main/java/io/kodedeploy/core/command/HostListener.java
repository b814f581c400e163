package io.kodedeploy.core.command;

/**
 * Hears what a host does, for metrics, events and records. Called on the host's threads: answers
 * quickly. What it throws is logged and changes nothing.
 */
public interface HostListener {
  /** Hears nothing. */
  HostListener NOOP = new HostListener() {};

  /** A poll ended. */
  default void polled(PollResult result) {}

  /** The execution of a command begins; it was acknowledged. */
  default void commandStarted(CommandInfo command) {}

  /** A command ended; its report, if any, follows. */
  default void commandFinished(CommandInfo command, CommandOutcome outcome) {}

  /** Both hear everything, the first one first. */
  static HostListener both(HostListener first, HostListener second) {
    return new HostListener() {
      @Override
      public void polled(PollResult result) {
        first.polled(result);
        second.polled(result);
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
    };
  }
}
