package io.kodedeploy.cli.console;

import java.io.PrintWriter;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a command's words go. As text: progress to standard error, results to standard output. As
 * JSON: everything to standard output, one object a line with {@code time}, {@code event} and the
 * facts. Thread-safe.
 */
public final class Reporter {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final PrintWriter out;
  private final PrintWriter err;
  private final OutputFormat format;
  private final Clock clock;

  /** Writes to a command's writers; the clock dates JSON lines. */
  public Reporter(PrintWriter out, PrintWriter err, OutputFormat format, Clock clock) {
    this.out = out;
    this.err = err;
    this.format = format;
    this.clock = clock;
  }

  /** Something that happened on the way. */
  public void progress(String event, String text, Map<String, ?> facts) {
    say(err, event, text, facts);
  }

  /** Something that happened on the way, without facts beside the text. */
  public void progress(String text) {
    progress("progress", text, Map.of("text", text));
  }

  /** What the command was asked for. */
  public void result(String event, String text, Map<String, ?> facts) {
    say(out, event, text, facts);
  }

  /** A failure: always one line on standard error, and an event for programs. */
  public void failure(CliException failure) {
    if (format == OutputFormat.JSON) {
      json(
          "error",
          Map.of(
              "problem", failure.problem().id(),
              "message", failure.getMessage(),
              "remedy", failure.remedy(),
              "exitCode", failure.exitCode()));
    }
    synchronized (this) {
      err.println(failure.line());
      err.flush();
    }
  }

  private void say(PrintWriter writer, String event, String text, Map<String, ?> facts) {
    if (format == OutputFormat.JSON) {
      json(event, facts);
      return;
    }
    synchronized (this) {
      writer.println(text);
      writer.flush();
    }
  }

  private synchronized void json(String event, Map<String, ?> facts) {
    var line = new LinkedHashMap<String, Object>();
    line.put("time", clock.instant().toString());
    line.put("event", event);
    line.putAll(facts);
    out.println(JSON.writeValueAsString(line));
    out.flush();
  }
}
