package io.kodedeploy.core.error;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A step that cannot go on. Caught in two places only: where a command's outcome is made, and in
 * the retry around a remote call.
 */
public final class AgentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /**
   * Wraps a failure.
   *
   * @param code the stable id of the failure
   * @param message what was expected and what was found, without the remedy
   * @param cause what broke, if something did
   */
  public AgentException(ErrorCode code, String message, @Nullable Throwable cause) {
    this.code = requireNonNull(code, "code");
    super(requireNonNull(message, "message"), cause);
  }

  /** A failure that no other exception caused. */
  public AgentException(ErrorCode code, String message) {
    this(code, message, null);
  }

  /** The stable id of the failure. */
  public ErrorCode code() {
    return code;
  }
}
