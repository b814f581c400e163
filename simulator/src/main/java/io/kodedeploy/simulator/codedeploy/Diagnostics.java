package io.kodedeploy.simulator.codedeploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.wire.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a lifecycle event ended.
 *
 * @param errorCode {@code Success}, {@code ScriptFailed}, ... (2.5)
 * @param logTail at most the last 4 KiB of what the scripts printed
 */
public record Diagnostics(String errorCode, String scriptName, String message, String logTail) {
  private static final int LOG_LIMIT = 4096;

  static final Diagnostics SUCCESS = new Diagnostics("Success", "", "Succeeded", "");

  /** Cuts the log to its end. */
  public Diagnostics {
    logTail = tail(logTail);
  }

  static Diagnostics unknownError(String message) {
    return new Diagnostics("UnknownError", "", message, "");
  }

  private static String tail(String log) {
    var bytes = log.getBytes(UTF_8);
    if (bytes.length <= LOG_LIMIT) {
      return log;
    }
    var start = bytes.length - LOG_LIMIT;
    while ((bytes[start] & 0xc0) == 0x80) {
      start++; // never begin within a character
    }
    return new String(bytes, start, bytes.length - start, UTF_8);
  }

  ObjectNode json() {
    return Json.object()
        .put("errorCode", errorCode)
        .put("scriptName", scriptName)
        .put("message", message)
        .put("logTail", logTail);
  }
}
