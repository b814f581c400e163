package io.kodedeploy.core.command;

import io.kodedeploy.core.error.ErrorCode;

/** How a poll ended. */
public sealed interface PollResult {
  /** Nothing to do. */
  record Idle() implements PollResult {}

  /** A command was taken. */
  record Received(String commandName) implements PollResult {}

  /** A command was delivered that cannot be for us, or that already runs; nothing was done. */
  record Dropped(String reason) implements PollResult {}

  /** The service could not be asked. */
  record Failed(ErrorCode code, String reason) implements PollResult {}
}
