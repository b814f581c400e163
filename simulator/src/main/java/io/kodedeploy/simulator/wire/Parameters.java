package io.kodedeploy.simulator.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decoded parameters of a query string or a form, in order; the first value of a name counts.
 * Immutable.
 */
public final class Parameters {
  private final Map<String, String> values;

  private Parameters(Map<String, String> values) {
    this.values = values;
  }

  /** Reads {@code a=1&b=x%20y}; a name without {@code =} has the empty value. */
  public static Parameters parse(String encoded) {
    var values = new LinkedHashMap<String, String>();
    for (var pair : encoded.split("&", -1)) {
      if (!pair.isEmpty()) {
        var equals = pair.indexOf('=');
        var name = equals < 0 ? pair : pair.substring(0, equals);
        var value = equals < 0 ? "" : pair.substring(equals + 1);
        values.putIfAbsent(decode(name), decode(value));
      }
    }
    return new Parameters(values);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, UTF_8);
    } catch (IllegalArgumentException e) {
      throw AwsError.badRequest("MalformedQueryString", "not percent-encoded: " + text);
    }
  }

  /** The value, if the name is there (an empty value counts as there). */
  public Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** The value or HTTP 400 {@code MissingParameter}. */
  public String require(String name) {
    return get(name)
        .orElseThrow(
            () ->
                AwsError.badRequest(
                    "MissingParameter", "The request must contain the parameter " + name));
  }

  /** Whether the name is there. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** Every name and value, in order. */
  public Map<String, String> all() {
    return java.util.Collections.unmodifiableMap(values);
  }

  /** A list of scalars: {@code NAME.member.1}, {@code NAME.member.2}, or EC2's {@code NAME.1}. */
  public List<String> list(String name) {
    var list = new ArrayList<String>();
    for (var stem : List.of(name + ".member.", name + ".")) {
      for (int i = 1; values.containsKey(stem + i); i++) {
        list.add(values.get(stem + i));
      }
    }
    return list;
  }

  /**
   * A list of structures: {@code NAME.member.1.Id}, or EC2's {@code NAME.1.Id}; each element sees
   * its own members ({@code Id}).
   */
  public List<Parameters> structures(String name) {
    var list = new ArrayList<Parameters>();
    for (var stem : List.of(name + ".member.", name + ".")) {
      for (int i = 1; ; i++) {
        var element = structure(stem + i);
        if (element.values.isEmpty()) {
          break;
        }
        list.add(element);
      }
    }
    return list;
  }

  /** The members of one structure: {@code NAME.Member}; empty if there is none. */
  public Parameters structure(String name) {
    var members = new LinkedHashMap<String, String>();
    values.forEach(
        (key, value) -> {
          if (key.startsWith(name + ".")) {
            members.put(key.substring(name.length() + 1), value);
          }
        });
    return new Parameters(members);
  }

  /** Whether there is no parameter at all. */
  public boolean isEmpty() {
    return values.isEmpty();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
