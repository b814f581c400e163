package io.kodedeploy.simulator.wire;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Request headers; names are compared without case. Immutable. */
public final class Headers {
  private final TreeMap<String, List<String>> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  Headers(Map<String, List<String>> values) {
    values.forEach((name, list) -> this.values.put(name, List.copyOf(list)));
  }

  /** The value; several lines of one name joined by a comma. */
  public Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name)).map(list -> String.join(",", list));
  }

  /** Every header; iteration is ordered by name without case. */
  public Map<String, List<String>> all() {
    return Collections.unmodifiableMap(values);
  }
}
