package io.kodedeploy.simulator.kubernetes;

import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.DEPLOYMENT;
import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.REPLICA_SET;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rolls a Deployment's template out through replica sets. Whatever {@code maxUnavailable} says, an
 * available pod goes only when its successor is available: a simulated cluster never serves with
 * less than it promised.
 */
final class DeploymentController implements Controller {
  private static final String REVISION = "deployment.kubernetes.io/revision";

  private final ObjectStore store;
  private final ObjectVerbs verbs;
  private final OwnedObjects owned;
  private final DeploymentStatus status;

  DeploymentController(
      ObjectStore store,
      ObjectVerbs verbs,
      OwnedObjects owned,
      SimulatorClock clock,
      ControllerLoop loop) {
    this.store = store;
    this.verbs = verbs;
    this.owned = owned;
    status = new DeploymentStatus(verbs, clock, (delay, t) -> loop.enqueueAfter(delay, this, t));
  }

  @Override
  public Stream<Target> concerns(StoreEvent event) {
    return event.kind().equals(DEPLOYMENT)
        ? Stream.of(Target.of(event))
        : event.kind().equals(REPLICA_SET) ? Target.ownersOf(event, DEPLOYMENT) : Stream.empty();
  }

  @Override
  public void reconcile(Target target) {
    store
        .get(DEPLOYMENT, target.namespace(), target.name())
        .filter(deployment -> !ObjectTree.deleting(deployment))
        .ifPresent(deployment -> reconcile(target, deployment));
  }

  private void reconcile(Target target, ObjectNode deployment) {
    var hash = PodTemplate.hash(ObjectTree.at(deployment, "spec", "template"));
    var old = new ArrayList<ObjectNode>();
    ObjectNode current = null;
    for (var set : owned.of(REPLICA_SET, deployment)) {
      if (ObjectTree.labels(set).getOrDefault(PodTemplate.HASH_LABEL, "").equals(hash)) {
        current = set;
      } else {
        old.add(set);
      }
    }
    old.sort(Comparator.comparingInt(DeploymentController::revision));
    var paused = ObjectTree.at(deployment, "spec", "paused").asBoolean(false);
    if (!paused) {
      current = current == null ? create(deployment, hash, old) : current;
      renumber(deployment, current, old);
      roll(deployment, current, old);
    }
    status.update(target, deployment, current, old);
    trimHistory(deployment, old);
  }

  private ObjectNode create(ObjectNode deployment, String hash, List<ObjectNode> old) {
    var set = JsonNodeFactory.instance.objectNode();
    var template = ObjectTree.at(deployment, "spec", "template").deepCopy();
    var metadata = ObjectTree.metadata(set);
    metadata.put("name", ObjectTree.name(deployment) + "-" + hash);
    ObjectTree.labels(template).forEach(ObjectTree.child(metadata, "labels")::put);
    ObjectTree.child(metadata, "labels").put(PodTemplate.HASH_LABEL, hash);
    ObjectTree.child(metadata, "annotations").put(REVISION, Integer.toString(nextRevision(old)));
    OwnedObjects.own(set, DEPLOYMENT, deployment);
    var spec = ObjectTree.child(set, "spec").put("replicas", 0);
    spec.set("selector", ObjectTree.at(deployment, "spec", "selector").deepCopy());
    ObjectTree.child(spec, "selector", "matchLabels").put(PodTemplate.HASH_LABEL, hash);
    spec.set("template", template);
    ObjectTree.child(spec, "template", "metadata", "labels").put(PodTemplate.HASH_LABEL, hash);
    return verbs.create(
        REPLICA_SET, ObjectTree.namespace(deployment), set, WriteOptions.CONTROLLER);
  }

  /** The template in force has the highest revision; going back to an old one renews its number. */
  private void renumber(ObjectNode deployment, ObjectNode current, List<ObjectNode> old) {
    var revision = Math.max(revision(current), nextRevision(old));
    annotate(REPLICA_SET, current, revision);
    annotate(DEPLOYMENT, deployment, revision);
  }

  private void annotate(ResourceKind kind, ObjectNode object, int revision) {
    verbs.change(
        kind,
        ObjectTree.namespace(object),
        ObjectTree.name(object),
        WriteOptions.CONTROLLER,
        next -> {
          ObjectTree.child(next, "metadata", "annotations")
              .put(REVISION, Integer.toString(revision));
          return next;
        });
  }

  private void roll(ObjectNode deployment, ObjectNode current, List<ObjectNode> old) {
    var desired = ObjectTree.number(deployment, 1, "spec", "replicas");
    if (ObjectTree.text(deployment, "spec", "strategy", "type").equals("Recreate")) {
      old.forEach(set -> scale(set, 0));
      var gone = old.stream().allMatch(set -> owned.of(ResourceCatalog.POD, set).isEmpty());
      scale(current, gone ? desired : wanted(current));
      return;
    }
    var others = old.stream().mapToInt(DeploymentController::wanted).sum();
    var surge = surge(deployment, desired);
    var room = desired + surge - others;
    scale(current, others == 0 ? desired : Math.min(desired, Math.max(wanted(current), room)));
    scaleDown(desired, current, old);
  }

  /**
   * As deployment/rolling.go does it, with maxUnavailable 0: first what is broken, then the rest.
   */
  private void scaleDown(int desired, ObjectNode current, List<ObjectNode> old) {
    var available = available(current);
    for (var set : old) {
      available += available(set);
    }
    var surplus = available - desired;
    for (var set : old) {
      var unhealthy = Math.max(0, wanted(set) - available(set));
      var healthy = Math.min(wanted(set) - unhealthy, Math.max(0, surplus));
      surplus -= healthy;
      scale(set, wanted(set) - unhealthy - healthy);
    }
  }

  private static int surge(ObjectNode deployment, int desired) {
    var surge = ObjectTree.at(deployment, "spec", "strategy", "rollingUpdate", "maxSurge");
    if (surge.isNumber()) {
      return Math.max(1, surge.asInt(1));
    }
    var percent = surge.asString("25%").replace("%", "");
    var share = percent.matches("\\d{1,3}") ? Integer.parseInt(percent) : 25;
    return Math.max(1, (desired * share + 99) / 100);
  }

  private void scale(ObjectNode set, int replicas) {
    if (wanted(set) != replicas) {
      verbs.change(
          REPLICA_SET,
          ObjectTree.namespace(set),
          ObjectTree.name(set),
          WriteOptions.CONTROLLER,
          next -> {
            ObjectTree.child(next, "spec").put("replicas", replicas);
            return next;
          });
    }
  }

  private void trimHistory(ObjectNode deployment, List<ObjectNode> old) {
    var empty =
        old.stream()
            .filter(set -> wanted(set) == 0 && owned.of(ResourceCatalog.POD, set).isEmpty())
            .toList();
    var limit = ObjectTree.number(deployment, 10, "spec", "revisionHistoryLimit");
    empty.stream()
        .limit(Math.max(0, empty.size() - limit))
        .forEach(set -> owned.delete(REPLICA_SET, set));
  }

  private static int nextRevision(List<ObjectNode> old) {
    return 1 + old.stream().mapToInt(DeploymentController::revision).max().orElse(0);
  }

  private static int revision(JsonNode set) {
    var text = ObjectTree.text(set, "metadata", "annotations", REVISION);
    return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
  }

  private static int wanted(ObjectNode set) {
    return ObjectTree.number(set, 0, "spec", "replicas");
  }

  /** Pods above the wanted number are ending already and do not count. */
  private static int available(ObjectNode set) {
    return Math.min(wanted(set), ObjectTree.number(set, 0, "status", "availableReplicas"));
  }
}
