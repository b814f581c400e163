package io.kodedeploy.namespace.catchup;

import java.util.Map;
import java.util.Optional;

/** One tag filter of a deployment group (codedeploy-service.md 1.7): exact, case-sensitive. */
sealed interface TagRule {
  /** A tag of that key, whatever its value. */
  record Key(String key) implements TagRule {}

  /** Any tag of that value. */
  record Value(String value) implements TagRule {}

  /** A tag of that key and value. */
  record Pair(String key, String value) implements TagRule {}

  /**
   * A filter as the service returns it. A missing type means both when both are given, else the one
   * that is; a filter without either selects nothing.
   */
  static Optional<TagRule> of(Optional<String> key, Optional<String> value, Optional<String> type) {
    var kind =
        type.orElseGet(
            () -> key.isPresent() && value.isPresent() ? "KEY_AND_VALUE" : "KEY_OR_VALUE");
    return switch (kind) {
      case "KEY_ONLY" -> key.map(Key::new);
      case "VALUE_ONLY" -> value.map(Value::new);
      case "KEY_AND_VALUE" -> key.flatMap(k -> value.map(v -> new Pair(k, v)));
      case "KEY_OR_VALUE" -> key.<TagRule>map(Key::new).or(() -> value.map(Value::new));
      default -> Optional.empty();
    };
  }

  /** Whether a host with these tags passes. */
  default boolean matches(Map<String, String> tags) {
    return switch (this) {
      case Key(var key) -> tags.containsKey(key);
      case Value(var value) -> tags.containsValue(value);
      case Pair(var key, var value) -> value.equals(tags.get(key));
    };
  }

  /** Whether the rule is about a tag of that key. */
  default boolean names(String tag) {
    return switch (this) {
      case Key(var key) -> key.equals(tag);
      case Value(_) -> false;
      case Pair(var key, _) -> key.equals(tag);
    };
  }
}
