package io.kodedeploy.core.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One case of a case file. Remembers which keys were read, so that none is forgotten. */
public final class Case {
  private final Map<String, Object> members = new LinkedHashMap<>();
  private final Set<String> read = new HashSet<>(Set.of("id", "title"));

  Case(Map<?, ?> entry) {
    entry.forEach((key, value) -> members.put(String.valueOf(key), value));
  }

  /** The ids of the specification's table; a case may prove several. */
  public List<String> ids() {
    return Arrays.asList(String.valueOf(members.get("id")).split(" "));
  }

  /** What tells it from other cases of the same id. */
  Optional<String> title() {
    return Optional.ofNullable(members.get("title")).map(String::valueOf);
  }

  public boolean has(String key) {
    return value(key).isPresent();
  }

  /** Whether the key is there and true. */
  public boolean flag(String key) {
    return value(key).equals(Optional.of(true));
  }

  public Optional<Object> value(String key) {
    read.add(key);
    return Optional.ofNullable(members.get(key));
  }

  public Optional<String> text(String key) {
    return value(key).map(String::valueOf);
  }

  /** The text of a key that must be there. */
  public String required(String key) {
    return text(key).orElseThrow(() -> new AssertionError(this + " needs " + key));
  }

  /** A list of texts; one text counts as a list. */
  public List<String> texts(String key) {
    var texts = new ArrayList<String>();
    value(key)
        .ifPresent(
            value -> {
              if (value instanceof List<?> list) {
                list.forEach(element -> texts.add(String.valueOf(element)));
              } else {
                texts.add(String.valueOf(value));
              }
            });
    return texts;
  }

  /** A mapping; empty when it is not there. */
  public Map<String, Object> map(String key) {
    var map = new LinkedHashMap<String, Object>();
    value(key).ifPresent(value -> ((Map<?, ?>) value).forEach((k, v) -> map.put(k.toString(), v)));
    return map;
  }

  /** One case for each of its variants, which add to it; the case itself when it has none. */
  static List<Case> expand(Map<?, ?> entry) {
    if (!(entry.get("variants") instanceof List<?> variants)) {
      return List.of(new Case(entry));
    }
    var cases = new ArrayList<Case>();
    for (var variant : variants) {
      var mixed = new LinkedHashMap<Object, Object>(entry);
      mixed.remove("variants");
      mixed.putAll((Map<?, ?>) variant);
      cases.add(new Case(mixed));
    }
    return cases;
  }

  Set<String> unread() {
    var unread = new HashSet<>(members.keySet());
    unread.removeAll(read);
    return unread;
  }

  @Override
  public String toString() {
    return members.get("id") + title().map(t -> ": " + t).orElse("");
  }
}
