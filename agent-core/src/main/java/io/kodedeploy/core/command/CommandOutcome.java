package io.kodedeploy.core.command;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.protocol.DiagnosticCode;

/** How a command ended: exactly what the service is told, plus our own stable id of a failure. */
public sealed interface CommandOutcome {
  /**
   * It worked.
   *
   * @param note empty, or what follows {@code Succeeded: } in the report
   */
  record Succeeded(String note) implements CommandOutcome {}

  /**
   * It did not.
   *
   * @param code our stable id
   * @param wire the number the service is told
   * @param scriptName the script or step that failed, or empty
   * @param message what was expected and what was found
   * @param log the end of the script log, or empty
   */
  record Failed(ErrorCode code, DiagnosticCode wire, String scriptName, String message, String log)
      implements CommandOutcome {
    /** A failure that belongs to no script. */
    public static Failed of(AgentException e) {
      return new Failed(e.code(), DiagnosticCode.of(e.code()), "", e.getMessage(), "");
    }

    /** A failure of something an agent added to an event; reported like a failed script. */
    public static Failed ofStep(String step, AgentException e, String log) {
      return new Failed(e.code(), DiagnosticCode.SCRIPT_FAILED, step, e.getMessage(), log);
    }
  }

  /** Whether it worked. */
  default boolean succeeded() {
    return this instanceof Succeeded;
  }
}
