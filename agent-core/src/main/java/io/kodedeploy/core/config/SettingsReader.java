package io.kodedeploy.core.config;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code agent.yml}: every key that is asked for is known, every other one stops the start.
 * An environment variable {@code KODEDEPLOY_<KEY>} wins over the file. Violations are collected and
 * thrown once, by {@link #finish}. For one thread.
 */
public final class SettingsReader {
  private static final String PREFIX = "KODEDEPLOY_";

  /** What Kubernetes sets for a Service whose name begins with kodedeploy: no setting of ours. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "KODEDEPLOY_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_.+)?)?)");

  private final String source;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, String> environment;
  private final Map<String, EffectiveSetting> effective = new LinkedHashMap<>();
  private final List<String> violations = new ArrayList<>();

  private SettingsReader(String source, Map<String, String> environment) {
    this.source = source;
    this.environment = Map.copyOf(environment);
  }

  /**
   * Opens the file.
   *
   * @param required whether a missing file is a violation; an unreadable one always is
   */
  public static SettingsReader open(Path file, boolean required, Map<String, String> environment) {
    var reader = new SettingsReader(file.toString(), environment);
    try {
      reader.load(Files.readString(file));
    } catch (NoSuchFileException e) {
      if (required) {
        reader.refuse("the settings file " + file + " does not exist");
      }
    } catch (IOException e) {
      reader.refuse("the settings file " + file + " cannot be read: " + e);
    }
    return reader;
  }

  /**
   * Lays a second file over what was read: its keys win over those of the first.
   *
   * @param allowed which keys it may hold; another one is a violation
   */
  public void overlay(Path file, Predicate<String> allowed) {
    var common = Map.copyOf(values);
    values.clear();
    try {
      load(Files.readString(file));
    } catch (IOException e) {
      refuse("the settings file " + file + " cannot be read: " + e);
    }
    for (var key : values.keySet()) {
      if (!allowed.test(key)) {
        refuse(file + ": " + key + " is a setting of the whole process; it belongs in " + source);
      }
    }
    common.forEach(values::putIfAbsent);
  }

  /** A key that is given by where a file lies. */
  public void given(String key, String value) {
    values.putIfAbsent(key, value);
  }

  private void load(String text) {
    if (text.isBlank()) {
      return;
    }
    try {
      YamlDocument.mapping(text)
          .ifPresentOrElse(
              map -> flatten("", map),
              () -> {
                if (text.lines()
                    .anyMatch(
                        line ->
                            !line.isBlank()
                                && !line.strip().startsWith("#")
                                && !line.strip().equals("---"))) {
                  refuse(source + " holds no mapping of keys to values");
                }
              });
    } catch (IllegalArgumentException e) {
      refuse(source + " is no YAML: " + e.getMessage());
    }
  }

  private void flatten(String prefix, Map<?, ?> map) {
    map.forEach(
        (key, value) -> {
          String name = prefix + key;
          switch (value) {
            case Map<?, ?> nested -> flatten(name + ".", nested);
            case List<?> list ->
                values.put(
                    name, list.stream().map(String::valueOf).collect(Collectors.joining(",")));
            case null -> {}
            default -> values.put(name, value.toString());
          }
        });
  }

  /** Adds a violation of the caller's own. */
  public void refuse(String violation) {
    violations.add(violation);
  }

  /** A text that may be absent; blank counts as absent. */
  public Optional<String> text(String key) {
    String value = find(key);
    effective.put(key, new EffectiveSetting(key, value == null ? "" : value, origin(key)));
    return Optional.ofNullable(value);
  }

  /** A text with a default. */
  public String text(String key, String fallback) {
    return text(key).orElseGet(() -> defaulted(key, fallback));
  }

  /** A list of texts, as a YAML list or separated by commas; empty by default. */
  public List<String> texts(String key) {
    return text(key)
        .map(v -> Arrays.stream(v.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList())
        .orElse(List.of());
  }

  /** A whole number within bounds, both included. */
  public int integer(String key, int fallback, int min, int max) {
    var text = text(key);
    if (text.isEmpty()) {
      defaulted(key, Integer.toString(fallback));
      return fallback;
    }
    try {
      int value = Integer.parseInt(text.get());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below, with the bounds
    }
    return wrong(key, text.get(), "a whole number from " + min + " to " + max, fallback);
  }

  /** {@code true} or {@code false}. */
  public boolean flag(String key, boolean fallback) {
    var text = text(key);
    if (text.isEmpty()) {
      defaulted(key, Boolean.toString(fallback));
      return fallback;
    }
    return switch (text.get()) {
      case "true" -> true;
      case "false" -> false;
      default -> wrong(key, text.get(), "true or false", fallback);
    };
  }

  /** A duration such as {@code 5m} within bounds, both included. */
  public Duration duration(String key, Duration fallback, Duration min, Duration max) {
    return duration(key, min, max)
        .orElseGet(
            () -> {
              if (find(key) == null) {
                defaulted(key, Durations.text(fallback));
              }
              return fallback;
            });
  }

  /** A duration that may be absent. */
  public Optional<Duration> duration(String key, Duration min, Duration max) {
    var text = text(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var value =
        Durations.parse(text.get()).filter(d -> d.compareTo(min) >= 0 && d.compareTo(max) <= 0);
    if (value.isEmpty()) {
      wrong(
          key,
          text.get(),
          "a duration such as 5m, from " + Durations.text(min) + " to " + Durations.text(max),
          "");
    }
    return value;
  }

  /** One of an enum's constants, written in lower case with dashes. */
  public <E extends Enum<E>> E choice(String key, E fallback) {
    var constants = fallback.getDeclaringClass().getEnumConstants();
    var text = text(key);
    if (text.isEmpty()) {
      defaulted(key, word(fallback));
      return fallback;
    }
    for (E constant : constants) {
      if (word(constant).equals(text.get())) {
        return constant;
      }
    }
    return wrong(
        key,
        text.get(),
        "one of "
            + Arrays.stream(constants).map(SettingsReader::word).collect(Collectors.joining(", ")),
        fallback);
  }

  /**
   * Ends the reading.
   *
   * @return every setting that was asked for, in that order, with value and origin
   * @throws ConfigRefused with all violations, unknown keys included
   */
  public List<EffectiveSetting> finish() {
    values.keySet().stream()
        .filter(key -> !effective.containsKey(key))
        .forEach(
            key ->
                refuse(
                    source
                        + ": unknown key "
                        + key
                        + NearMiss.of(key, effective.keySet())
                            .map(k -> "; did you mean " + k + "?")
                            .orElse("")));
    Map<String, String> variables =
        effective.keySet().stream().collect(Collectors.toMap(SettingsReader::variable, k -> k));
    environment.keySet().stream()
        .filter(
            name ->
                name.startsWith(PREFIX)
                    && !variables.containsKey(name)
                    && !SERVICE_LINK.matcher(name).matches())
        .sorted()
        .forEach(
            name ->
                refuse(
                    "unknown environment variable "
                        + name
                        + NearMiss.of(name, variables.keySet())
                            .map(k -> "; did you mean " + k + "?")
                            .orElse("")));
    if (!violations.isEmpty()) {
      throw new ConfigRefused(violations);
    }
    return List.copyOf(effective.values());
  }

  private @Nullable String find(String key) {
    String value = environment.getOrDefault(variable(key), values.get(key));
    return value == null || value.isBlank() ? null : value.strip();
  }

  private String origin(String key) {
    if (environment.containsKey(variable(key))) {
      return variable(key);
    }
    return values.containsKey(key) ? source : "default";
  }

  private String defaulted(String key, String fallback) {
    effective.put(key, new EffectiveSetting(key, fallback, "default"));
    return fallback;
  }

  private <T> T wrong(String key, String found, String expected, T fallback) {
    refuse(
        requireNonNull(effective.get(key)).origin()
            + ": "
            + key
            + " must be "
            + expected
            + ", found \""
            + found
            + "\"");
    return fallback;
  }

  private static String variable(String key) {
    return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
