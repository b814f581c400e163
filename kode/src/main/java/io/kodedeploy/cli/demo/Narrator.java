package io.kodedeploy.cli.demo;

import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** The account of the demo: what happens, with the seconds since the beginning. Thread-safe. */
final class Narrator {
  private final PrintWriter out;
  private final Instant began = Instant.now();

  Narrator(PrintWriter out) {
    this.out = out;
  }

  void say(String text) {
    line(
        "[%6.1f s] %s".formatted(Duration.between(began, Instant.now()).toMillis() / 1000.0, text));
  }

  void detail(String text) {
    line("             " + text);
  }

  synchronized void line(String text) {
    out.println(text);
    out.flush();
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
  }

  /** A writer whose lines become details. */
  PrintWriter details() {
    return new PrintWriter(
        new Writer() {
          private final StringBuilder line = new StringBuilder();

          @Override
          public void write(char[] text, int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
              if (text[i] == '\n') {
                detail(line.toString());
                line.setLength(0);
              } else {
                line.append(text[i]);
              }
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
  }
}
