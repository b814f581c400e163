package io.kodedeploy.namespace.manifest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * An object that is no longer as this agent left it.
 *
 * @param subject the object
 * @param difference in which way
 * @param by the managers that wrote since, each with up to five of the fields it holds
 */
public record Drift(ObjectKey subject, Difference difference, List<String> by) {
  private static final int FIELDS = 5;

  /** In which way an object differs. */
  public enum Difference {
    /** It is gone, or being deleted. */
    MISSING,
    /** Somebody changed or removed a field that the bundle sets. */
    CHANGED,
    /** Only its number of replicas, by the scale subresource: an autoscaler's doing. */
    SCALED;

    /** The word for status and Events. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Copies the list. */
  public Drift {
    by = List.copyOf(by);
  }

  /**
   * Compares the record with the cluster. An object of which nothing is recorded, since its apply
   * was interrupted, is not compared.
   *
   * @param live the object's metadata; nothing when there is none
   * @param manager our field manager
   */
  public static Optional<Drift> of(InventoryEntry entry, Optional<JsonNode> live, String manager) {
    if (entry.mark().equals(ObjectMark.UNKNOWN)) {
      return Optional.empty();
    }
    if (live.isEmpty() || live.get().hasNonNull("deletionTimestamp")) {
      return Optional.of(new Drift(entry.key(), Difference.MISSING, List.of()));
    }
    if (ObjectMark.state(live.get(), manager).equals(entry.mark().state())) {
      return Optional.empty();
    }
    return Optional.of(
        new Drift(
            entry.key(),
            onlyScaled(live.get(), manager, entry.mark().state())
                ? Difference.SCALED
                : Difference.CHANGED,
            describe(later(live.get(), manager))));
  }

  /**
   * Whether the scale subresource took the number of replicas from us and nothing else differs: our
   * entry would be as it was if it had that field.
   */
  private static boolean onlyScaled(JsonNode metadata, String manager, String state) {
    boolean scaled = false;
    for (var entry : metadata.path("managedFields")) {
      scaled |= entry.path("subresource").asString("").equals("scale");
    }
    if (!scaled) {
      return false;
    }
    var copy = metadata.deepCopy();
    var own = ObjectMark.ownEntry(copy, manager);
    if (own.isPresent() && own.get().path("fieldsV1").path("f:spec") instanceof ObjectNode spec) {
      var fields = new TreeMap<String, JsonNode>(); // as the server orders them
      spec.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
      fields.put("f:replicas", JsonNodeFactory.instance.objectNode());
      spec.removeAll();
      spec.setAll(fields);
    }
    return ObjectMark.state(copy, manager).equals(state);
  }

  /** Who wrote after us: times are of a second, and the scale subresource notes none. */
  private static List<JsonNode> later(JsonNode metadata, String manager) {
    var own =
        ObjectMark.ownEntry(metadata, manager)
            .map(entry -> entry.path("time").asString(""))
            .orElse("");
    var later = new ArrayList<JsonNode>();
    for (var entry : metadata.path("managedFields")) {
      var time = entry.path("time").asString("");
      if (!entry.path("manager").asString("").equals(manager)
          && !entry.path("subresource").asString("").equals("status")
          && (time.isEmpty() || time.compareTo(own) >= 0)) {
        later.add(entry);
      }
    }
    return later;
  }

  private static List<String> describe(List<JsonNode> entries) {
    Map<String, List<String>> fields = new LinkedHashMap<>();
    for (var entry : entries) {
      collect(
          entry.path("fieldsV1"),
          "",
          fields.computeIfAbsent(entry.path("manager").asString(""), _ -> new ArrayList<>()));
    }
    var lines = new ArrayList<String>();
    fields.forEach(
        (name, paths) ->
            lines.add(
                paths.isEmpty()
                    ? name
                    : name
                        + " ("
                        + String.join(", ", paths.subList(0, Math.min(FIELDS, paths.size())))
                        + (paths.size() > FIELDS ? ", ..." : "")
                        + ")"));
    return lines;
  }

  /** The leaves of {@code fieldsV1}: {@code f:} is a field, everything else an item of a list. */
  private static void collect(JsonNode node, String path, List<String> into) {
    if (node.isEmpty()) {
      if (!path.isEmpty()) {
        into.add(path);
      }
      return;
    }
    node.properties()
        .forEach(
            field -> {
              var name = field.getKey();
              if (name.startsWith("f:")) {
                var own = name.substring(2);
                collect(field.getValue(), path.isEmpty() ? own : path + "." + own, into);
              } else if (!name.equals(".")) {
                collect(field.getValue(), path + "[]", into);
              }
            });
  }

  @Override
  public String toString() {
    return subject + " " + difference.word() + (by.isEmpty() ? "" : " by " + String.join(", ", by));
  }
}
