package io.kodedeploy.core.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values of the official file, read leniently as the official agent does; what is wrong is
 * collected.
 */
final class OfficialValues {
  private final Map<String, @Nullable Object> values;
  private final String origin;
  private final Set<String> asked = new LinkedHashSet<>();
  private final List<EffectiveSetting> effective = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();

  OfficialValues(Map<String, @Nullable Object> values, String origin) {
    this.values = values;
    this.origin = origin;
  }

  /**
   * The value, when the key is there at all: an explicit null overrides the default with nothing.
   */
  private Optional<Object> value(String key, String fallback) {
    asked.add(key);
    Object value = values.containsKey(key) ? values.get(key) : fallback.isEmpty() ? null : fallback;
    String text = value == null ? "" : value.toString();
    effective.add(
        new EffectiveSetting(
            key,
            key.equals("proxy_uri") ? masked(text) : text,
            values.containsKey(key) ? origin : "default"));
    return Optional.ofNullable(value);
  }

  Optional<String> text(String key, String fallback) {
    return value(key, fallback).map(Object::toString).map(String::strip).filter(t -> !t.isEmpty());
  }

  /** An absolute path; a text that can be none is a violation. */
  Optional<Path> path(String key, String fallback) {
    return text(key, fallback)
        .flatMap(
            text -> {
              try {
                return Optional.of(Path.of(text).toAbsolutePath().normalize());
              } catch (InvalidPathException e) {
                violations.add("Invalid " + key + ": expected a path, found \"" + text + "\"");
                return Optional.empty();
              }
            });
  }

  /** Whether the file gives the key a value. */
  boolean has(String key) {
    return values.get(key) != null;
  }

  boolean flag(String key, boolean fallback) {
    return value(key, Boolean.toString(fallback))
        .map(v -> Set.of("true", "yes", "on", "y").contains(v.toString().toLowerCase(Locale.ROOT)))
        .orElse(false);
  }

  int number(String key, int fallback, int min, String message) {
    Object value = value(key, Integer.toString(fallback)).orElse(fallback);
    try {
      int number = Integer.parseInt(value.toString().strip());
      if (number >= min) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below, with the value
    }
    violations.add(message + literal(value));
    return fallback;
  }

  /** A number of bytes; 0 means no limit. */
  long bytes(String key, long fallback) {
    Object value = value(key, Long.toString(fallback)).orElse(fallback);
    try {
      long bytes = Long.parseLong(value.toString().strip());
      if (bytes >= 0) {
        return bytes;
      }
    } catch (NumberFormatException e) {
      // said below, with the value
    }
    violations.add(
        "Invalid " + key + ": expected a number of bytes, 0 for no limit, found " + literal(value));
    return fallback;
  }

  Optional<URI> uri(String key, Set<String> schemes) {
    return text(key, "")
        .flatMap(
            text -> {
              try {
                var uri = new URI(text);
                if (uri.getHost() != null && schemes.contains(uri.getScheme())) {
                  return Optional.of(uri);
                }
              } catch (URISyntaxException e) {
                // said below, without what may be a password
              }
              violations.add(
                  "Invalid "
                      + key
                      + ": expected a URL with scheme "
                      + String.join(" or ", schemes.stream().sorted().toList())
                      + ", found \""
                      + masked(text)
                      + "\"");
              return Optional.empty();
            });
  }

  void refuse(String violation) {
    violations.add(violation);
  }

  /** Whether the value is anything but absent or false. */
  boolean asksForSomething(String key) {
    Object value = values.get(key);
    return value != null && !value.toString().equals("false");
  }

  List<String> unasked() {
    return values.keySet().stream().filter(key -> !asked.contains(key)).toList();
  }

  Set<String> asked() {
    return asked;
  }

  List<EffectiveSetting> effective() {
    return effective;
  }

  List<String> violations() {
    return violations;
  }

  /** As the official agent prints a value: texts in double quotes. */
  private static String literal(Object value) {
    return value instanceof String ? "\"" + value + "\"" : value.toString();
  }

  /** Hides user and password of a URL. */
  static String masked(String url) {
    return url.replaceFirst("//[^/@]*@", "//***@");
  }
}
