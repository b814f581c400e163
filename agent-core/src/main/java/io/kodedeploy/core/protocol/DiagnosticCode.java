package io.kodedeploy.core.protocol;

import io.kodedeploy.core.error.ErrorCode;

/** What the command service is told about a result (host-agent.md section 10.7). */
public enum DiagnosticCode {
  SUCCESS(0),
  SCRIPT_MISSING(1),
  SCRIPT_NOT_EXECUTABLE(2),
  SCRIPT_TIMED_OUT(3),
  SCRIPT_FAILED(4),
  UNKNOWN_ERROR(5),
  OUTPUTS_LEFT_OPEN(6),
  FAILED_AFTER_RESTART(7);

  private final int number;

  DiagnosticCode(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** What a failure is called on the wire: scripts have numbers of their own, all else is 5. */
  public static DiagnosticCode of(ErrorCode code) {
    return switch (code) {
      case SCRIPT_MISSING -> SCRIPT_MISSING;
      case SCRIPT_NOT_EXECUTABLE -> SCRIPT_NOT_EXECUTABLE;
      case SCRIPT_TIMED_OUT -> SCRIPT_TIMED_OUT;
      case SCRIPT_FAILED -> SCRIPT_FAILED;
      case SCRIPT_OUTPUT_LEFT_OPEN -> OUTPUTS_LEFT_OPEN;
      case COMMAND_INTERRUPTED -> FAILED_AFTER_RESTART;
      default -> UNKNOWN_ERROR;
    };
  }
}
