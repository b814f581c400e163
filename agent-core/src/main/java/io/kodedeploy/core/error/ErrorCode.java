package io.kodedeploy.core.error;

/** Every failure an operator can meet. The id is public: metrics, documentation and alerts use it. */
public enum ErrorCode {
  CONFIGURATION_INVALID("configuration-invalid", false, "Correct the named setting and start again."),
  COMMAND_UNSUPPORTED("command-unsupported", false, "Upgrade the agent."),
  UNEXPECTED("unexpected", false, "Report this with the agent's log.");

  private final String id;
  private final boolean retryable;
  private final String remedy;

  ErrorCode(String id, boolean retryable, String remedy) {
    this.id = id;
    this.retryable = retryable;
    this.remedy = remedy;
  }

  /** The stable id, lower case with dashes. */
  public String id() {
    return id;
  }

  /** Whether the same call may succeed later without anybody's help. */
  public boolean retryable() {
    return retryable;
  }

  /** What an operator does about it. */
  public String remedy() {
    return remedy;
  }
}
