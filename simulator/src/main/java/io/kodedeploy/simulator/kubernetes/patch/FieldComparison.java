package io.kodedeploy.simulator.kubernetes.patch;

import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which fields differ between two states of an object.
 *
 * @param changed fields that the new state has and the old one has not, or not with this value
 * @param removed fields that only the old state has
 */
record FieldComparison(FieldSet changed, FieldSet removed) {
  private static final FieldComparison SAME = new FieldComparison(FieldSet.EMPTY, FieldSet.EMPTY);

  /** Parts that the API machinery always writes, so that nobody owns their mere existence. */
  private static final Set<String> ALWAYS_THERE =
      Set.of("f:metadata", "f:spec", "f:status", "f:template", "f:strategy");

  static FieldComparison of(
      @Nullable JsonNode before, @Nullable JsonNode after, FieldSchema schema) {
    if (before == null && after == null) {
      return SAME;
    }
    if (before == null) {
      return new FieldComparison(everything(after, schema), FieldSet.EMPTY);
    }
    if (after == null) {
      return new FieldComparison(FieldSet.EMPTY, everything(before, schema));
    }
    var granular = schema.mergesMembers(before) && schema.mergesMembers(after);
    if (!granular && !(schema.mergesItems(before) && schema.mergesItems(after))) {
      return before.equals(after) ? SAME : new FieldComparison(FieldSet.LEAF, FieldSet.EMPTY);
    }
    var changed = new TreeMap<String, FieldSet>();
    var removed = new TreeMap<String, FieldSet>();
    for (var element : elements(before, after, schema)) {
      var below =
          of(
              FieldSet.find(before, element, schema),
              FieldSet.find(after, element, schema),
              granular ? schema.member(element.substring(2)) : schema.item());
      if (!below.changed.isEmpty()) {
        changed.put(element, below.changed);
      }
      if (!below.removed.isEmpty()) {
        removed.put(element, below.removed);
      }
    }
    return new FieldComparison(new FieldSet(false, changed), new FieldSet(false, removed));
  }

  /** An object or list that is new as a whole belongs, with its parts, to whoever brought it. */
  private static FieldSet everything(@Nullable JsonNode value, FieldSchema schema) {
    return value == null ? FieldSet.EMPTY : owned(FieldSet.of(value, schema)).withMember();
  }

  private static FieldSet owned(FieldSet set) {
    var children = new TreeMap<String, FieldSet>();
    set.children()
        .forEach(
            (element, child) -> {
              var below = owned(child);
              children.put(element, ALWAYS_THERE.contains(element) ? below : below.withMember());
            });
    return new FieldSet(set.member(), children);
  }

  private static Set<String> elements(JsonNode before, JsonNode after, FieldSchema schema) {
    var elements = new TreeSet<String>();
    for (var side : new JsonNode[] {before, after}) {
      if (side.isObject()) {
        side.propertyNames().forEach(name -> elements.add("f:" + name));
      } else {
        side.forEach(item -> elements.add(schema.elementOf(item)));
      }
    }
    return elements;
  }
}
