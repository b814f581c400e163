package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One tag filter (1.7): exact and case-sensitive. */
record TagFilter(Optional<String> key, Optional<String> value, Type type) {

  enum Type {
    KEY_ONLY,
    VALUE_ONLY,
    KEY_AND_VALUE
  }

  boolean matches(Map<String, String> tags) {
    return switch (type) {
      case KEY_ONLY -> tags.containsKey(key.orElseThrow());
      case VALUE_ONLY -> tags.containsValue(value.orElseThrow());
      case KEY_AND_VALUE -> value.orElse("").equals(tags.get(key.orElseThrow()));
    };
  }

  static boolean any(List<TagFilter> filters, Map<String, String> tags) {
    return filters.stream().anyMatch(f -> f.matches(tags));
  }

  /** AND of ORs; an empty set selects nothing. */
  static boolean every(List<List<TagFilter>> groups, Map<String, String> tags) {
    return !groups.isEmpty() && groups.stream().allMatch(g -> any(g, tags));
  }

  /**
   * Reads one filter.
   *
   * @param code error code without suffix: {@code InvalidEC2Tag}, {@code InvalidTag}, {@code
   *     InvalidTagFilter}
   * @param typeRequired whether a missing Type is refused instead of derived
   */
  static TagFilter parse(Input input, String code, boolean typeRequired) {
    var key = input.text("Key").filter(k -> !k.isEmpty());
    var value = input.text("Value").filter(v -> !v.isEmpty());
    if (key.isEmpty() && value.isEmpty()) {
      throw Refusal.of(code, "A tag filter needs a key or a value");
    }
    var type = type(input.text("Type"), key, value, code, typeRequired);
    if ((type != Type.VALUE_ONLY && key.isEmpty())
        || (type == Type.VALUE_ONLY && value.isEmpty())) {
      throw Refusal.of(code, "A tag filter of type " + type + " lacks its key or value");
    }
    return new TagFilter(key, value, type);
  }

  private static Type type(
      Optional<String> given,
      Optional<String> key,
      Optional<String> value,
      String code,
      boolean required) {
    if (given.isPresent()) {
      try {
        return Type.valueOf(given.get());
      } catch (IllegalArgumentException e) {
        throw Refusal.of(code, "Unknown tag filter type: " + given.get());
      }
    }
    if (required) {
      throw Refusal.of(code, "A tag filter needs a type");
    }
    if (value.isEmpty()) {
      return Type.KEY_ONLY;
    }
    return key.isEmpty() ? Type.VALUE_ONLY : Type.KEY_AND_VALUE;
  }

  static List<TagFilter> parseAll(List<Input> filters, String code) {
    if (filters.size() > 10) {
      throw Refusal.of("TagLimitExceeded", "More than 10 tag filters");
    }
    return filters.stream().map(f -> parse(f, code, false)).toList();
  }

  static List<List<TagFilter>> parseSet(List<List<Input>> groups, String code) {
    if (groups.size() > 3) {
      throw Refusal.of("TagSetListLimitExceeded", "More than 3 tag groups");
    }
    return groups.stream().map(g -> parseAll(g, code)).toList();
  }

  static ArrayNode json(List<TagFilter> filters) {
    var list = Json.array();
    filters.forEach(f -> list.add(f.json()));
    return list;
  }

  static ArrayNode jsonSet(List<List<TagFilter>> groups) {
    var list = Json.array();
    groups.forEach(g -> list.add(json(g)));
    return list;
  }

  private ObjectNode json() {
    var node = Json.object();
    key.ifPresent(k -> node.put("Key", k));
    value.ifPresent(v -> node.put("Value", v));
    return node.put("Type", type.name());
  }
}
