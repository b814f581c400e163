package io.kodedeploy.namespace.manifest;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Everything one application has ever written into the namespace and not pruned.
 *
 * @param application CodeDeploy application
 * @param entries by identity, ordered so that equal inventories have equal text
 */
public record Inventory(String application, Map<ObjectKey, InventoryEntry> entries) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int SCHEMA = 1;

  /** Copies what it is given. */
  public Inventory {
    entries = java.util.Collections.unmodifiableMap(new TreeMap<>(entries));
  }

  /** The inventory of an application that has written nothing. */
  public static Inventory empty(String application) {
    return new Inventory(application, Map.of());
  }

  /** This inventory and these objects. Called before they are written. */
  public Inventory with(Collection<PlannedObject> objects) {
    var all = new TreeMap<>(entries);
    for (var object : objects) {
      var before = all.get(object.key());
      all.put(
          object.key(),
          new InventoryEntry(
              object.object().apiVersion(),
              object.key(),
              before == null ? ObjectMark.UNKNOWN : before.mark()));
    }
    return new Inventory(application, all);
  }

  /** This inventory with what was found after objects were written. */
  public Inventory marked(Map<ObjectKey, ObjectMark> marks) {
    var all = new TreeMap<>(entries);
    marks.forEach(
        (key, mark) ->
            all.computeIfPresent(
                key, (_, entry) -> new InventoryEntry(entry.apiVersion(), key, mark)));
    return new Inventory(application, all);
  }

  /** By what an object is known to be unchanged. */
  public ObjectMark mark(ObjectKey key) {
    var entry = entries.get(key);
    return entry == null ? ObjectMark.UNKNOWN : entry.mark();
  }

  /** This inventory without objects that are gone. */
  public Inventory without(Set<ObjectKey> gone) {
    var rest = new TreeMap<>(entries);
    rest.keySet().removeAll(gone);
    return new Inventory(application, rest);
  }

  /** What it knows and the new set does not have: to be pruned. Never called with an empty set. */
  public List<InventoryEntry> absentFrom(Set<ObjectKey> wanted) {
    if (wanted.isEmpty()) {
      throw new IllegalArgumentException("an empty set prunes nothing");
    }
    return entries.values().stream().filter(entry -> !wanted.contains(entry.key())).toList();
  }

  /** The text that is kept in the cluster. */
  public String text() {
    var root = JsonNodeFactory.instance.objectNode();
    root.put("schema", SCHEMA).put("application", application);
    var list = root.putArray("objects");
    for (var entry : entries.values()) {
      var object =
          list.addObject()
              .put("apiVersion", entry.apiVersion())
              .put("kind", entry.key().kind())
              .put("name", entry.key().name());
      if (entry.key().namespace().isEmpty()) {
        object.put("cluster", true);
      }
      if (!entry.mark().equals(ObjectMark.UNKNOWN)) {
        object.put("digest", entry.mark().digest()).put("state", entry.mark().state());
      }
    }
    return JSON.writeValueAsString(root);
  }

  /**
   * Reads what {@link #text} wrote; nothing when it is damaged or of a newer schema. Objects are of
   * the given namespace whatever the text says.
   */
  public static Optional<Inventory> parse(String text, String namespace) {
    try {
      var root = JSON.readTree(text);
      if (root.path("schema").asInt(0) != SCHEMA || !root.path("application").isString()) {
        return Optional.empty();
      }
      var entries = new TreeMap<ObjectKey, InventoryEntry>();
      for (var object : root.path("objects")) {
        var apiVersion = object.path("apiVersion").asString("");
        var kind = object.path("kind").asString("");
        var name = object.path("name").asString("");
        if (apiVersion.isEmpty() || kind.isEmpty() || name.isEmpty()) {
          return Optional.empty();
        }
        var scope = object.path("cluster").asBoolean(false) ? "" : namespace;
        var key = ObjectKey.of(apiVersion, kind, scope, name);
        var mark =
            new ObjectMark(object.path("digest").asString(""), object.path("state").asString(""));
        entries.put(key, new InventoryEntry(apiVersion, key, mark));
      }
      return Optional.of(new Inventory(root.path("application").asString(), entries));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
