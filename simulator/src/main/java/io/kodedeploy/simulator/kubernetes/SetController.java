package io.kodedeploy.simulator.kubernetes;

import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.DAEMON_SET;
import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.NODE;
import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.POD;
import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.STATEFUL_SET;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps the pods of StatefulSets and DaemonSets, whose pods have places of their own: an ordinal,
 * or a node. A pod of an outdated template is replaced one at a time, and only while all others are
 * ready.
 */
final class SetController implements Controller {
  private static final String REVISION = "controller-revision-hash";

  private final ObjectStore store;
  private final ObjectVerbs verbs;
  private final OwnedObjects owned;

  SetController(ObjectStore store, ObjectVerbs verbs, OwnedObjects owned) {
    this.store = store;
    this.verbs = verbs;
    this.owned = owned;
  }

  @Override
  public Stream<Target> concerns(StoreEvent event) {
    if (event.kind().equals(STATEFUL_SET) || event.kind().equals(DAEMON_SET)) {
      return Stream.of(Target.of(event));
    }
    if (event.kind().equals(NODE)) {
      return store.list(DAEMON_SET, "").stream()
          .map(set -> new Target(DAEMON_SET, ObjectTree.namespace(set), ObjectTree.name(set)));
    }
    return event.kind().equals(POD)
        ? Stream.concat(Target.ownersOf(event, STATEFUL_SET), Target.ownersOf(event, DAEMON_SET))
        : Stream.empty();
  }

  @Override
  public void reconcile(Target target) {
    store
        .get(target.kind(), target.namespace(), target.name())
        .filter(set -> !ObjectTree.deleting(set))
        .ifPresent(set -> reconcile(target.kind(), set));
  }

  private void reconcile(ResourceKind kind, ObjectNode set) {
    var hash = PodTemplate.hash(ObjectTree.at(set, "spec", "template"));
    var places = places(kind, set);
    var pods = new TreeMap<String, ObjectNode>();
    owned.of(POD, set).forEach(pod -> pods.put(ObjectTree.name(pod), pod));
    places.forEach(
        (name, labels) -> {
          if (!pods.containsKey(name)) {
            var all = new TreeMap<>(labels);
            all.put(REVISION, hash);
            owned.createPod(kind, set, name, all);
          }
        });
    pods.forEach(
        (name, pod) -> {
          if (!places.containsKey(name) && !ObjectTree.deleting(pod)) {
            owned.delete(POD, pod);
          }
        });
    replaceOneOutdated(places.keySet().stream().map(pods::get).toList(), hash);
    report(kind, set, places.size(), hash);
  }

  /** Pod name to extra labels. */
  private Map<String, Map<String, String>> places(ResourceKind kind, ObjectNode set) {
    var places = new TreeMap<String, Map<String, String>>();
    if (kind.equals(DAEMON_SET)) {
      for (var node : store.list(NODE, "")) {
        places.put(ObjectTree.name(set) + "-" + ObjectTree.name(node), Map.of());
      }
    } else {
      for (int i = 0; i < ObjectTree.number(set, 1, "spec", "replicas"); i++) {
        var name = ObjectTree.name(set) + "-" + i;
        places.put(name, Map.of("statefulset.kubernetes.io/pod-name", name));
      }
    }
    return places;
  }

  private void replaceOneOutdated(
      List<@org.jspecify.annotations.Nullable ObjectNode> pods, String hash) {
    ObjectNode outdated = null;
    for (var pod : pods) {
      if (pod == null || ObjectTree.deleting(pod)) {
        return; // one is being replaced already
      }
      var current = ObjectTree.labels(pod).getOrDefault(REVISION, "").equals(hash);
      if (current && !OwnedObjects.ready(pod)) {
        return;
      }
      outdated = current ? outdated : pod;
    }
    if (outdated != null) {
      owned.delete(POD, outdated);
    }
  }

  private void report(ResourceKind kind, ObjectNode set, int wanted, String hash) {
    var pods = owned.livePods(set);
    var ready = (int) pods.stream().filter(OwnedObjects::ready).count();
    var updated =
        (int)
            pods.stream()
                .filter(p -> ObjectTree.labels(p).getOrDefault(REVISION, "").equals(hash))
                .count();
    var updatedReady = Math.min(updated, ready);
    verbs.change(
        kind,
        ObjectTree.namespace(set),
        ObjectTree.name(set),
        WriteOptions.CONTROLLER_STATUS,
        live -> {
          var status = ObjectTree.child(live, "status");
          status.put("observedGeneration", ObjectTree.number(live, 1, "metadata", "generation"));
          if (kind.equals(DAEMON_SET)) {
            status.put("desiredNumberScheduled", wanted).put("currentNumberScheduled", pods.size());
            status.put("updatedNumberScheduled", updated).put("numberReady", ready);
            status.put("numberAvailable", ready).put("numberMisscheduled", 0);
            status.put("numberUnavailable", wanted - Math.min(wanted, ready));
          } else {
            var revision = ObjectTree.name(live) + "-" + hash;
            status.put("replicas", pods.size()).put("readyReplicas", ready);
            status.put("availableReplicas", ready).put("updatedReplicas", updated);
            status.put("currentReplicas", updatedReady).put("updateRevision", revision);
            if (updated == wanted && ready == wanted) {
              status.put("currentRevision", revision);
            }
          }
          return live;
        });
  }
}
