package io.kodedeploy.simulator.kubernetes;

import java.util.stream.Stream;

/** Keeps one kind of object as it should be. Its methods run under the store's lock. */
interface Controller {
  /** The objects that must be looked at because of a change. */
  Stream<Target> concerns(StoreEvent event);

  /** Brings one object one step nearer to its specification; the object may be gone. */
  void reconcile(Target target);

  /** An object that a controller looks at. */
  record Target(ResourceKind kind, String namespace, String name) {
    static Target of(StoreEvent event) {
      return new Target(
          event.kind(), ObjectTree.namespace(event.object()), ObjectTree.name(event.object()));
    }

    /** The controllers of the changed object that are of a kind. */
    static Stream<Target> ownersOf(StoreEvent event, ResourceKind kind) {
      return ObjectTree.owners(event.object())
          .filter(owner -> ObjectTree.text(owner, "kind").equals(kind.kind()))
          .map(
              owner ->
                  new Target(
                      kind, ObjectTree.namespace(event.object()), ObjectTree.text(owner, "name")));
    }
  }
}
