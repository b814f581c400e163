package io.kodedeploy.cli.agent;

import static java.util.Objects.requireNonNull;

/** Why the agent is not started, in the words of the official one. */
final class AgentRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AgentRefused(String message) {
    super(requireNonNull(message, "message"));
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
