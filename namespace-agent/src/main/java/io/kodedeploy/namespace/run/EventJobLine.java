package io.kodedeploy.namespace.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.hook.ScriptLog;
import io.kodedeploy.core.hook.ScriptResult;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A line between a Job that runs the scripts of an event and the agent: a letter, a blank, the
 * text. Scripts print through their own pipes, so none of them can print another letter than its
 * own.
 */
final class EventJobLine {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String OUT = "O ";
  private static final String ERROR = "E ";
  private static final String OWN = "S ";
  private static final String RESULT = "R ";

  private EventJobLine() {}

  /** Prints an entry of a script log. */
  static void print(PrintStream out, String label, byte[] bytes) {
    var letter =
        switch (label) {
          case "[stdout]" -> OUT;
          case "[stderr]" -> ERROR;
          default -> OWN;
        };
    var text = new String(bytes, UTF_8);
    line(out, letter + (text.endsWith("\n") ? text.substring(0, text.length() - 1) : text));
  }

  /** Prints why the event failed. */
  static void print(PrintStream out, ScriptResult.Failed failed) {
    var node = JSON.createObjectNode();
    node.put("code", failed.code().id());
    node.put("script", failed.script()).put("message", failed.message());
    line(out, RESULT + node);
  }

  private static synchronized void line(PrintStream out, String text) {
    var bytes = (text + "\n").getBytes(UTF_8);
    out.write(bytes, 0, bytes.length);
    out.flush();
  }

  /** Writes a line into the log of the event, or returns the failure that it tells of. */
  static Optional<ScriptResult.Failed> read(String line, ScriptLog log) {
    if (line.length() < 2) {
      log.stdout(line);
      return Optional.empty();
    }
    var text = line.substring(2);
    switch (line.substring(0, 2)) {
      case OUT -> log.stdout(text);
      case ERROR -> log.stderr(text);
      case OWN -> log.line(text);
      case RESULT -> {
        return failure(text);
      }
      default -> log.stdout(line); // the rest of a long line, or a word of the JVM
    }
    return Optional.empty();
  }

  private static Optional<ScriptResult.Failed> failure(String text) {
    try {
      var node = JSON.readTree(text);
      var id = node.path("code").asString("");
      return Optional.of(
          new ScriptResult.Failed(
              Arrays.stream(ErrorCode.values())
                  .filter(code -> code.id().equals(id))
                  .findFirst()
                  .orElse(ErrorCode.SCRIPT_FAILED),
              node.path("script").asString(""),
              node.path("message").asString(""),
              ""));
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }
}
