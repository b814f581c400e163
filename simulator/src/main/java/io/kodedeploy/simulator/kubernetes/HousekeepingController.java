package io.kodedeploy.simulator.kubernetes;

import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.CLAIM;
import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.DISRUPTION_BUDGET;
import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.NAMESPACE;
import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.SERVICE_ACCOUNT;

import java.util.stream.Stream;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The small duties: garbage, namespaces, claims and budgets. */
final class HousekeepingController implements Controller {
  private final ObjectStore store;
  private final ObjectVerbs verbs;
  private final OwnedObjects owned;

  HousekeepingController(ObjectStore store, ObjectVerbs verbs, OwnedObjects owned) {
    this.store = store;
    this.verbs = verbs;
    this.owned = owned;
  }

  @Override
  public Stream<Target> concerns(StoreEvent event) {
    var self =
        event.kind().equals(NAMESPACE)
                || event.kind().equals(CLAIM)
                || event.kind().equals(DISRUPTION_BUDGET)
            ? Stream.of(Target.of(event))
            : Stream.<Target>empty();
    if (event.type() != StoreEvent.Type.DELETED) {
      return self;
    }
    var namespace = ObjectTree.namespace(event.object());
    var ending =
        store.get(NAMESPACE, "", namespace).filter(ObjectTree::deleting).stream()
            .map(_ -> new Target(NAMESPACE, "", namespace));
    return Stream.of(self, ending, dependents(event.object())).flatMap(s -> s);
  }

  private Stream<Target> dependents(ObjectNode gone) {
    var uid = ObjectTree.uid(gone);
    return ResourceCatalog.kinds().stream()
        .flatMap(
            kind ->
                store.list(kind, ObjectTree.namespace(gone)).stream()
                    .filter(
                        object ->
                            ObjectTree.owners(object)
                                .anyMatch(o -> ObjectTree.text(o, "uid").equals(uid)))
                    .map(
                        object ->
                            new Target(
                                kind, ObjectTree.namespace(object), ObjectTree.name(object))));
  }

  @Override
  public void reconcile(Target target) {
    var found = store.get(target.kind(), target.namespace(), target.name());
    if (found.isEmpty()) {
      return;
    }
    var object = found.get();
    if (target.kind().equals(NAMESPACE)) {
      namespace(object);
    } else if (target.kind().equals(CLAIM)) {
      bind(target, object);
    } else if (target.kind().equals(DISRUPTION_BUDGET)) {
      observe(target);
    }
    collect(target.kind(), object);
  }

  /** An object goes when none of the owners that it names is left. */
  private void collect(ResourceKind kind, ObjectNode object) {
    var owners = ObjectTree.owners(object).toList();
    var left =
        owners.stream()
            .anyMatch(
                o ->
                    ResourceCatalog.kinds().stream()
                        .filter(k -> k.kind().equals(ObjectTree.text(o, "kind")))
                        .flatMap(
                            k ->
                                store
                                    .get(
                                        k,
                                        k.namespaced() ? ObjectTree.namespace(object) : "",
                                        ObjectTree.text(o, "name"))
                                    .stream())
                        .anyMatch(
                            owner -> ObjectTree.uid(owner).equals(ObjectTree.text(o, "uid"))));
    if (!owners.isEmpty() && !left && !ObjectTree.deleting(object)) {
      owned.delete(kind, object);
    }
  }

  private void namespace(ObjectNode namespace) {
    var name = ObjectTree.name(namespace);
    if (!ObjectTree.deleting(namespace)) {
      if (store.get(SERVICE_ACCOUNT, name, "default").isEmpty()) {
        var account = JsonNodeFactory.instance.objectNode();
        ObjectTree.metadata(account).put("name", "default");
        verbs.create(SERVICE_ACCOUNT, name, account, WriteOptions.CONTROLLER);
      }
      return;
    }
    var empty = true;
    for (var kind : ResourceCatalog.kinds()) {
      if (kind.namespaced()) {
        for (var object : store.list(kind, name)) {
          owned.delete(kind, object);
          empty = false;
        }
      }
    }
    if (empty && ObjectTree.at(namespace, "metadata", "finalizers").isEmpty()) {
      store.remove(NAMESPACE, namespace);
    }
  }

  private void bind(Target target, ObjectNode claim) {
    var spec = claim.path("spec");
    verbs.change(
        CLAIM,
        target.namespace(),
        target.name(),
        WriteOptions.CONTROLLER_STATUS,
        live -> {
          var status = ObjectTree.child(live, "status").put("phase", "Bound");
          status.set("accessModes", spec.path("accessModes"));
          status.set("capacity", ObjectTree.at(spec, "resources", "requests"));
          return live;
        });
  }

  private void observe(Target target) {
    verbs.change(
        DISRUPTION_BUDGET,
        target.namespace(),
        target.name(),
        WriteOptions.CONTROLLER_STATUS,
        live -> {
          ObjectTree.child(live, "status")
              .put("observedGeneration", ObjectTree.number(live, 1, "metadata", "generation"));
          return live;
        });
  }
}
