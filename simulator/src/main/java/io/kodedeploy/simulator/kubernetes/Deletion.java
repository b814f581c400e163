package io.kodedeploy.simulator.kubernetes;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Deleting objects: preconditions, finalizers, grace, and what becomes of dependents. */
final class Deletion {
  private static final int DEFAULT_GRACE_SECONDS = 30;

  private final ObjectStore store;
  private final SimulatorClock clock;

  Deletion(ObjectStore store, SimulatorClock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Deletes an object, or marks it when something must end first.
   *
   * @param options {@code DeleteOptions}: gracePeriodSeconds, propagationPolicy, preconditions
   * @return the last state of the object
   */
  ObjectNode delete(
      ResourceKind kind, String namespace, String name, JsonNode options, boolean dryRun) {
    return store.exclusively(
        () -> {
          var live =
              store
                  .get(kind, namespace, name)
                  .orElseThrow(() -> StatusException.notFound(kind, name));
          checkPreconditions(kind, live, options.path("preconditions"));
          if (dryRun) {
            return live;
          }
          if (ObjectTree.text(options, "propagationPolicy").equals("Orphan")) {
            release(live);
          }
          return end(kind, live, grace(live, options));
        });
  }

  private ObjectNode end(ResourceKind kind, ObjectNode live, int grace) {
    var held = !ObjectTree.at(live, "metadata", "finalizers").isEmpty();
    var runs = kind.equals(ResourceCatalog.POD) && grace > 0 && !finished(live);
    var isNamespace = kind.equals(ResourceCatalog.NAMESPACE);
    if (!held && !runs && !isNamespace) {
      store.remove(kind, live);
      return live;
    }
    if (ObjectTree.deleting(live)) {
      return live;
    }
    var marked = live.deepCopy();
    var metadata = ObjectTree.metadata(marked);
    metadata.put("deletionTimestamp", clock.now().truncatedTo(ChronoUnit.SECONDS).toString());
    if (runs) {
      metadata.put("deletionGracePeriodSeconds", grace);
    }
    if (isNamespace) {
      ObjectTree.child(marked, "status").put("phase", "Terminating");
    }
    return store.put(kind, marked);
  }

  private static boolean finished(ObjectNode pod) {
    var phase = ObjectTree.text(pod, "status", "phase");
    return phase.equals("Succeeded") || phase.equals("Failed");
  }

  private static int grace(ObjectNode live, JsonNode options) {
    var wanted = options.path("gracePeriodSeconds");
    return wanted.isNumber()
        ? wanted.asInt(DEFAULT_GRACE_SECONDS)
        : ObjectTree.number(live, DEFAULT_GRACE_SECONDS, "spec", "terminationGracePeriodSeconds");
  }

  private static void checkPreconditions(ResourceKind kind, ObjectNode live, JsonNode wanted) {
    for (var field : new String[] {"uid", "resourceVersion"}) {
      var value = ObjectTree.text(wanted, field);
      if (!value.isEmpty() && !value.equals(ObjectTree.text(live, "metadata", field))) {
        throw StatusException.outdated(kind, ObjectTree.name(live));
      }
    }
  }

  /** Dependents of the object forget it, so that the garbage collector leaves them. */
  private void release(ObjectNode owner) {
    for (var kind : ResourceCatalog.kinds()) {
      for (var object : store.list(kind, "")) {
        if (ObjectTree.owners(object).anyMatch(o -> owns(owner, o))) {
          var freed = object.deepCopy();
          var references = ObjectTree.metadata(freed).withArray("ownerReferences");
          for (int i = references.size() - 1; i >= 0; i--) {
            if (owns(owner, references.get(i))) {
              references.remove(i);
            }
          }
          store.put(kind, freed);
        }
      }
    }
  }

  private static boolean owns(ObjectNode owner, JsonNode reference) {
    return ObjectTree.text(reference, "uid").equals(ObjectTree.uid(owner));
  }
}
