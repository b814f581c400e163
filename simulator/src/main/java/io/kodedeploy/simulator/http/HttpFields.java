package io.kodedeploy.simulator.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Header fields in the order of the wire; names compare without case. Not thread-safe. */
public final class HttpFields {
  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  /** Adds a field behind those that are there. */
  public HttpFields add(String name, String value) {
    names.add(name);
    values.add(value);
    return this;
  }

  /** Replaces every field of that name by one. */
  public HttpFields set(String name, String value) {
    remove(name);
    return add(name, value);
  }

  /** Removes every field of that name. */
  public void remove(String name) {
    for (int i = names.size() - 1; i >= 0; i--) {
      if (names.get(i).equalsIgnoreCase(name)) {
        names.remove(i);
        values.remove(i);
      }
    }
  }

  /** The first value of that name. */
  public Optional<String> first(String name) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        return Optional.of(values.get(i));
      }
    }
    return Optional.empty();
  }

  /** All values of that name, in order. */
  public List<String> all(String name) {
    var found = new ArrayList<String>(1);
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        found.add(values.get(i));
      }
    }
    return found;
  }

  /** Whether a comma-separated list under that name has the token, compared without case. */
  public boolean hasToken(String name, String token) {
    for (var value : all(name)) {
      for (var part : value.split(",", -1)) {
        if (part.strip().equalsIgnoreCase(token)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Calls back for each field in order. */
  public void forEach(BiConsumer<String, String> field) {
    for (int i = 0; i < names.size(); i++) {
      field.accept(names.get(i), values.get(i));
    }
  }

  @Override
  public String toString() {
    return names.toString(); // values may be secrets
  }
}
