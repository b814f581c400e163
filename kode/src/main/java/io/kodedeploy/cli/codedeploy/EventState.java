package io.kodedeploy.cli.codedeploy;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.codedeploy.model.LifecycleEvent;

/**
 * One lifecycle event on one target; texts are empty when the service says nothing.
 *
 * @param name such as {@code Install}
 * @param status such as {@code Succeeded}
 * @param errorCode such as {@code ScriptFailed}
 * @param script the script or step
 * @param message the service's or the agent's words
 * @param logTail the end of the script's log
 */
public record EventState(
    String name, String status, String errorCode, String script, String message, String logTail) {
  static EventState of(LifecycleEvent event) {
    var diagnostics = event.diagnostics();
    return new EventState(
        event.lifecycleEventName(),
        text(event.statusAsString()),
        diagnostics == null ? "" : text(diagnostics.errorCodeAsString()),
        diagnostics == null ? "" : text(diagnostics.scriptName()),
        diagnostics == null ? "" : text(diagnostics.message()),
        diagnostics == null ? "" : text(diagnostics.logTail()));
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  boolean failed() {
    return status.equals("Failed");
  }
}
