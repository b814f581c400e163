package io.kodedeploy.core.protocol;

import io.kodedeploy.core.json.Json;

/**
 * What a report tells (host-agent.md section 10.7).
 *
 * @param code success or what failed
 * @param scriptName empty, or the script or step
 * @param message begins {@code Succeeded: } for a success
 * @param log the end of the script log, empty for a success
 */
public record Diagnostics(DiagnosticCode code, String scriptName, String message, String log) {
  /** The service refuses a longer payload, escapes included. */
  static final int LIMIT = 8192;

  /** A success, with a note or an empty one. */
  public static Diagnostics succeeded(String note) {
    return new Diagnostics(DiagnosticCode.SUCCESS, "", "Succeeded: " + note, "");
  }

  /** What a command left behind by a dead agent is reported with. */
  public static Diagnostics afterRestart() {
    return new Diagnostics(
        DiagnosticCode.FAILED_AFTER_RESTART,
        "",
        "Failed: Failing in-progress lifecycle event after an agent restart.",
        "");
  }

  /**
   * The JSON text; when too long the log is shortened from its front, then the message from its
   * end.
   */
  String payload() {
    String text = json(message, log);
    if (text.length() <= LIMIT) {
      return text;
    }
    int low = 0;
    int high = log.length();
    while (low < high) { // fewest characters to drop from the front of the log
      int drop = (low + high) >>> 1;
      if (json(message, log.substring(drop)).length() <= LIMIT) {
        high = drop;
      } else {
        low = drop + 1;
      }
    }
    String rest = log.substring(whole(log, low));
    if (json(message, rest).length() <= LIMIT) {
      return json(message, rest);
    }
    low = 0;
    high = message.length();
    while (low < high) { // most characters of the message that still fit
      int keep = (low + high + 1) >>> 1;
      if (json(message.substring(0, keep), "").length() <= LIMIT) {
        low = keep;
      } else {
        high = keep - 1;
      }
    }
    return json(
        message.substring(
            0, low > 0 && Character.isHighSurrogate(message.charAt(low - 1)) ? low - 1 : low),
        "");
  }

  /** Not between the two halves of a character. */
  private static int whole(String text, int at) {
    return at < text.length() && Character.isLowSurrogate(text.charAt(at)) ? at + 1 : at;
  }

  private String json(String shortMessage, String shortLog) {
    return Json.write(
        Json.object()
            .put("error_code", code.number())
            .put("script_name", scriptName)
            .put("message", shortMessage)
            .put("log", shortLog));
  }
}
