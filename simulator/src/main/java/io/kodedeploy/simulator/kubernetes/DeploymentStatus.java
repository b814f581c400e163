package io.kodedeploy.simulator.kubernetes;

import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.DEPLOYMENT;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The status of a Deployment, by the rules of the deployment controller's sync and progress. */
final class DeploymentStatus {
  private final ObjectVerbs verbs;
  private final SimulatorClock clock;
  private final BiConsumer<Duration, Controller.Target> lookAgain;

  DeploymentStatus(
      ObjectVerbs verbs, SimulatorClock clock, BiConsumer<Duration, Controller.Target> lookAgain) {
    this.verbs = verbs;
    this.clock = clock;
    this.lookAgain = lookAgain;
  }

  void update(
      Controller.Target target,
      ObjectNode deployment,
      @Nullable ObjectNode current,
      List<ObjectNode> old) {
    verbs.change(
        DEPLOYMENT,
        target.namespace(),
        target.name(),
        WriteOptions.CONTROLLER_STATUS,
        live -> {
          var status = ObjectTree.child(live, "status");
          var before = status.deepCopy();
          counts(deployment, status, current, old);
          availability(deployment, status);
          progress(target, deployment, before, status, current);
          return live;
        });
  }

  private static void counts(
      ObjectNode deployment,
      ObjectNode status,
      @Nullable ObjectNode current,
      List<ObjectNode> old) {
    int replicas = 0;
    int ready = 0;
    int available = 0;
    int updated = current == null ? 0 : ObjectTree.number(current, 0, "status", "replicas");
    var all = new java.util.ArrayList<>(old);
    if (current != null) {
      all.add(current);
    }
    for (var set : all) {
      replicas += ObjectTree.number(set, 0, "status", "replicas");
      ready += ObjectTree.number(set, 0, "status", "readyReplicas");
      available += ObjectTree.number(set, 0, "status", "availableReplicas");
    }
    var desired = ObjectTree.number(deployment, 1, "spec", "replicas");
    status.put("observedGeneration", ObjectTree.number(deployment, 1, "metadata", "generation"));
    number(status, "replicas", replicas);
    number(status, "updatedReplicas", updated);
    number(status, "readyReplicas", ready);
    number(status, "availableReplicas", available);
    number(status, "unavailableReplicas", Math.max(0, Math.max(replicas, desired) - available));
  }

  /** The API leaves zeros out. */
  private static void number(ObjectNode status, String name, int value) {
    if (value == 0) {
      status.remove(name);
    } else {
      status.put(name, value);
    }
  }

  private void availability(ObjectNode deployment, ObjectNode status) {
    var enough =
        status.path("availableReplicas").asInt(0)
            >= ObjectTree.number(deployment, 1, "spec", "replicas");
    set(
        status,
        "Available",
        enough,
        enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
        "Deployment " + (enough ? "has" : "does not have") + " minimum availability.");
  }

  private void progress(
      Controller.Target target,
      ObjectNode deployment,
      ObjectNode before,
      ObjectNode status,
      @Nullable ObjectNode current) {
    var desired = ObjectTree.number(deployment, 1, "spec", "replicas");
    var complete =
        status.path("updatedReplicas").asInt(0) == desired
            && status.path("replicas").asInt(0) == desired
            && status.path("availableReplicas").asInt(0) == desired;
    var name = current == null ? "" : ObjectTree.name(current);
    if (complete) {
      set(
          status,
          "Progressing",
          true,
          "NewReplicaSetAvailable",
          "ReplicaSet \"" + name + "\" has successfully progressed.");
      return;
    }
    var deadline =
        Duration.ofSeconds(ObjectTree.number(deployment, 600, "spec", "progressDeadlineSeconds"));
    var last = Conditions.find(before, "Progressing");
    var moved = !withoutConditions(before).equals(withoutConditions(status));
    if (last.isEmpty() || moved) {
      set(
          status,
          "Progressing",
          true,
          "ReplicaSetUpdated",
          "ReplicaSet \"" + name + "\" is progressing.");
      lookAgain.accept(deadline.plusSeconds(1), target);
      return;
    }
    var since = Instant.parse(ObjectTree.text(last.get(), "lastUpdateTime"));
    var finishedBefore = ObjectTree.text(last.get(), "reason").equals("NewReplicaSetAvailable");
    if (!finishedBefore && clock.now().isAfter(since.plus(deadline))) {
      set(
          status,
          "Progressing",
          false,
          "ProgressDeadlineExceeded",
          "ReplicaSet \"" + name + "\" has timed out progressing.");
    }
  }

  private static ObjectNode withoutConditions(ObjectNode status) {
    var copy = status.objectNode();
    copy.setAll(status);
    copy.remove("conditions");
    return copy;
  }

  private void set(ObjectNode status, String type, boolean truth, String reason, String message) {
    var before = Conditions.find(status, type).map(c -> c.deepCopy().toString()).orElse("");
    var condition = Conditions.set(status, clock.now(), type, truth, reason, message);
    var progressing = type.equals("Progressing") && reason.equals("ReplicaSetUpdated");
    if (!condition.toString().equals(before) || progressing) {
      condition.put("lastUpdateTime", clock.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }
  }
}
