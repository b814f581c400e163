package io.kodedeploy.cli.console;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 90s}, {@code 5m}, {@code 1h}. */
public final class Spans {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  private Spans() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException when it is none; the message says what was expected
   */
  public static Duration parse(String text) {
    var matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "expected a duration such as 500ms, 90s, 5m or 1h, found \"" + text + "\"");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      default -> Duration.ofHours(count);
    };
  }

  /** Writes a duration in whole seconds or larger, such as {@code 3m 5s}. */
  public static String text(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds == 0) {
      return duration.toMillis() + "ms";
    }
    var parts =
        List.of(
            seconds >= 3600 ? seconds / 3600 + "h" : "",
            seconds >= 60 && seconds / 60 % 60 != 0 ? seconds / 60 % 60 + "m" : "",
            seconds % 60 != 0 ? seconds % 60 + "s" : "");
    return String.join(" ", parts.stream().filter(p -> !p.isEmpty()).toList());
  }
}
