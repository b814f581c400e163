package io.kodedeploy.simulator.kubernetes;

import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.POD;
import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.REPLICA_SET;

import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Keeps as many pods as a ReplicaSet wants. */
final class ReplicaSetController implements Controller {
  private final ObjectStore store;
  private final ObjectVerbs verbs;
  private final OwnedObjects owned;

  ReplicaSetController(ObjectStore store, ObjectVerbs verbs, OwnedObjects owned) {
    this.store = store;
    this.verbs = verbs;
    this.owned = owned;
  }

  @Override
  public Stream<Target> concerns(StoreEvent event) {
    return event.kind().equals(REPLICA_SET)
        ? Stream.of(Target.of(event))
        : event.kind().equals(POD) ? Target.ownersOf(event, REPLICA_SET) : Stream.empty();
  }

  @Override
  public void reconcile(Target target) {
    store
        .get(REPLICA_SET, target.namespace(), target.name())
        .filter(set -> !ObjectTree.deleting(set))
        .ifPresent(this::reconcile);
  }

  private void reconcile(ObjectNode set) {
    var pods = owned.livePods(set);
    var wanted = ObjectTree.number(set, 0, "spec", "replicas");
    for (int i = pods.size(); i < wanted; i++) {
      owned.createPod(REPLICA_SET, set, ObjectTree.name(set) + "-" + verbs.suffix(), Map.of());
    }
    pods.stream().limit(Math.max(0, pods.size() - wanted)).forEach(pod -> owned.delete(POD, pod));
    report(set);
  }

  private void report(ObjectNode set) {
    var pods = owned.livePods(set);
    var ready = (int) pods.stream().filter(OwnedObjects::ready).count();
    verbs.change(
        REPLICA_SET,
        ObjectTree.namespace(set),
        ObjectTree.name(set),
        WriteOptions.CONTROLLER_STATUS,
        live -> {
          var status = ObjectTree.child(live, "status");
          status.put("observedGeneration", ObjectTree.number(live, 1, "metadata", "generation"));
          status.put("replicas", pods.size()).put("fullyLabeledReplicas", pods.size());
          status.put("readyReplicas", ready).put("availableReplicas", ready);
          return live;
        });
  }
}
