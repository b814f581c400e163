package io.kodedeploy.simulator.kubernetes.patch;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A set of field paths, in the form of {@code fieldsV1}: elements are {@code f:name}, {@code
 * k:{keys}} or {@code v:value}. Immutable.
 *
 * @param member whether the path that leads here is itself in the set
 * @param children the deeper paths by their next element
 */
record FieldSet(boolean member, SortedMap<String, FieldSet> children) {
  static final FieldSet EMPTY = new FieldSet(false, new TreeMap<>());
  static final FieldSet LEAF = new FieldSet(true, new TreeMap<>());
  private static final String SELF = ".";
  private static final Pattern KEY = Pattern.compile("\"([^\"]+)\":(\"[^\"]*\"|[^,}]+)");

  /** Reads the JSON form. */
  static FieldSet parse(JsonNode fields) {
    var children = new TreeMap<String, FieldSet>();
    for (var property : fields.properties()) {
      if (!property.getKey().equals(SELF)) {
        var child = parse(property.getValue());
        children.put(property.getKey(), property.getValue().isEmpty() ? LEAF : child);
      }
    }
    return new FieldSet(fields.has(SELF), children);
  }

  /** Every field that an object states, as server-side apply counts them. */
  static FieldSet of(JsonNode value, FieldSchema schema) {
    if (schema.mergesMembers(value) && !value.isEmpty()) {
      var children = new TreeMap<String, FieldSet>();
      for (var property : value.properties()) {
        children.put(
            "f:" + property.getKey(), of(property.getValue(), schema.member(property.getKey())));
      }
      return new FieldSet(false, children);
    }
    if (schema.mergesItems(value) && !value.isEmpty()) {
      var children = new TreeMap<String, FieldSet>();
      for (var item : value) {
        children.put(schema.elementOf(item), of(item, schema.item()).withMember());
      }
      return new FieldSet(false, children);
    }
    return LEAF;
  }

  FieldSet withMember() {
    return new FieldSet(true, children);
  }

  boolean isEmpty() {
    return !member && children.values().stream().allMatch(FieldSet::isEmpty);
  }

  FieldSet union(FieldSet other) {
    var merged = new TreeMap<>(children);
    other.children.forEach((element, set) -> merged.merge(element, set, FieldSet::union));
    return new FieldSet(member || other.member, merged);
  }

  FieldSet minus(FieldSet other) {
    var left = new TreeMap<String, FieldSet>();
    children.forEach(
        (element, set) -> {
          var rest = set.minus(other.child(element));
          if (!rest.isEmpty()) {
            left.put(element, rest);
          }
        });
    return new FieldSet(member && !other.member, left);
  }

  FieldSet intersect(FieldSet other) {
    var shared = new TreeMap<String, FieldSet>();
    children.forEach(
        (element, set) -> {
          var both = set.intersect(other.child(element));
          if (!both.isEmpty()) {
            shared.put(element, both);
          }
        });
    return new FieldSet(member && other.member, shared);
  }

  FieldSet child(String element) {
    return children.getOrDefault(element, EMPTY);
  }

  /** This set without a path and everything below it. */
  FieldSet without(String... path) {
    return without(List.of(path));
  }

  private FieldSet without(List<String> path) {
    var element = "f:" + path.getFirst();
    var rest = new TreeMap<>(children);
    if (path.size() == 1) {
      rest.remove(element);
    } else if (rest.containsKey(element)) {
      rest.put(element, child(element).without(path.subList(1, path.size())));
      if (child(element).member || !rest.getOrDefault(element, EMPTY).isEmpty()) {
        return new FieldSet(member, rest);
      }
      rest.remove(element);
    }
    return new FieldSet(member, rest);
  }

  /** This set without one path itself; deeper paths stay. */
  FieldSet withoutSelf(String name) {
    var rest = new TreeMap<>(children);
    rest.computeIfPresent("f:" + name, (_, set) -> new FieldSet(false, set.children));
    return new FieldSet(member, rest);
  }

  /** The paths of all members in the words of a conflict: {@code .spec.ports[port=80]}. */
  List<String> paths() {
    var paths = new ArrayList<String>();
    collect("", paths);
    return paths;
  }

  private void collect(String prefix, List<String> paths) {
    if (member) {
      paths.add(prefix);
    }
    children.forEach((element, set) -> set.collect(prefix + spoken(element), paths));
  }

  private static String spoken(String element) {
    var text = element.substring(2);
    return switch (element.charAt(0)) {
      case 'f' -> "." + text;
      case 'v' -> "[=" + text + "]";
      default -> "[" + KEY.matcher(text).replaceAll("$1=$2").replaceAll("[{}]", "") + "]";
    };
  }

  ObjectNode toJson() {
    var json = JsonNodeFactory.instance.objectNode();
    if (member && !children.isEmpty()) {
      json.set(SELF, json.objectNode());
    }
    children.forEach(
        (element, set) -> {
          if (!set.isEmpty()) {
            json.set(element, set.toJson());
          }
        });
    return json;
  }

  /** The field, item or value of a JSON value that an element names; null when there is none. */
  static @Nullable JsonNode find(JsonNode value, String element, FieldSchema schema) {
    if (element.startsWith("f:")) {
      return value.get(element.substring(2));
    }
    for (var item : value) {
      if (schema.elementOf(item).equals(element)) {
        return item;
      }
    }
    return null;
  }
}
