package io.kodedeploy.simulator.kubernetes.patch;

import io.kodedeploy.simulator.kubernetes.patch.Manager.Managed;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * The ownership record of an object ({@code metadata.managedFields}) and the two ways to change an
 * object under it: server-side apply and plain update. The algorithm is that of
 * structured-merge-diff v6, {@code merge/update.go}.
 */
public final class ManagedFields {
  private final FieldSchema schema;
  private final Instant now;

  /** Rules for objects of one kind, at one moment. */
  public ManagedFields(FieldSchema schema, Instant now) {
    this.schema = schema;
    this.now = now;
  }

  /**
   * Merges a manager's complete intent into an object. Neither argument is changed.
   *
   * @param live the stored object; an empty object to create one
   * @return the object with its new ownership record, not yet defaulted
   * @throws ApplyConflictException if another manager owns a field with another value, unless
   *     forced
   */
  public ObjectNode apply(ObjectNode live, ObjectNode intent, Manager manager, boolean force) {
    var managers = read(live);
    var before =
        managers.getOrDefault(manager, new Managed(FieldSet.EMPTY, java.util.Optional.empty()));
    var wanted = owned(FieldSet.of(intent, schema), manager.subresource());
    var merged = bare(live);
    Merging.merge(merged, intent, schema);
    var others = FieldSet.EMPTY;
    for (var entry : managers.entrySet()) {
      others = entry.getKey().equals(manager) ? others : others.union(entry.getValue().fields());
    }
    Merging.prune(merged, before.fields(), wanted, others, schema);

    var difference = FieldComparison.of(bare(live), merged, schema);
    var conflicts = new LinkedHashMap<Manager, FieldSet>();
    managers.forEach(
        (other, managed) -> {
          var contested = managed.fields().intersect(difference.changed());
          if (!other.equals(manager) && !contested.isEmpty()) {
            conflicts.put(other, contested);
          }
        });
    if (!conflicts.isEmpty() && !force) {
      throw new ApplyConflictException(conflicts);
    }
    lose(managers, manager, difference.changed().union(difference.removed()));
    managers.put(manager, wanted.equals(before.fields()) ? before : Managed.at(wanted, now));
    write(merged, managers);
    return merged;
  }

  /**
   * Records that a manager changed an object from one state to another by create, update or patch.
   *
   * @param before the stored object; an empty object when it is new
   * @param after the new state, which gets the ownership record
   */
  public void update(ObjectNode before, ObjectNode after, Manager manager) {
    var managers = read(before);
    var difference = FieldComparison.of(bare(before), bare(after), schema);
    var changed = owned(difference.changed(), manager.subresource());
    lose(managers, manager, difference.changed().union(difference.removed()));
    var mine = managers.get(manager);
    if (mine == null
        ? !changed.isEmpty()
        : !(changed.isEmpty() && difference.removed().isEmpty())) {
      var fields =
          mine == null ? changed : mine.fields().minus(difference.removed()).union(changed);
      managers.put(manager, Managed.at(fields, now));
    }
    write(after, managers);
  }

  private static void lose(Map<Manager, Managed> managers, Manager winner, FieldSet fields) {
    managers.replaceAll(
        (manager, managed) ->
            manager.equals(winner)
                ? managed
                : new Managed(managed.fields().minus(fields), managed.time()));
  }

  /** Nobody owns what names the object or what the server itself keeps. */
  private static FieldSet owned(FieldSet fields, String subresource) {
    var left = fields.without("apiVersion").without("kind").withoutSelf("metadata");
    for (var name :
        new String[] {
          "name",
          "namespace",
          "creationTimestamp",
          "selfLink",
          "uid",
          "generation",
          "managedFields",
          "resourceVersion",
          "deletionTimestamp",
          "deletionGracePeriodSeconds"
        }) {
      left = left.without("metadata", name);
    }
    left = new FieldSet(false, left.children());
    return subresource.equals("status") ? left.without("spec") : left.without("status");
  }

  private static ObjectNode bare(ObjectNode object) {
    var copy = object.deepCopy();
    if (copy.path("metadata") instanceof ObjectNode metadata) {
      metadata.remove("managedFields");
    }
    return copy;
  }

  private static Map<Manager, Managed> read(ObjectNode object) {
    var managers = new LinkedHashMap<Manager, Managed>();
    for (var entry : object.path("metadata").path("managedFields")) {
      var parsed = Manager.parse(entry);
      managers.put(parsed.getKey(), parsed.getValue());
    }
    return managers;
  }

  private static void write(ObjectNode object, Map<Manager, Managed> managers) {
    var entries = object.objectNode().arrayNode();
    managers.entrySet().stream()
        .filter(entry -> !entry.getValue().fields().isEmpty())
        .sorted(
            Comparator.comparing((Map.Entry<Manager, Managed> entry) -> entry.getKey().operation())
                .thenComparing(entry -> entry.getValue().time().orElse(""))
                .thenComparing(entry -> entry.getKey().name()))
        .forEach(entry -> entries.add(entry.getKey().toJson(entry.getValue())));
    var metadata = object.withObjectProperty("metadata");
    metadata.remove("managedFields");
    if (!entries.isEmpty()) {
      metadata.set("managedFields", entries);
    }
  }
}
