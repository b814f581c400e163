package io.kodedeploy.simulator.kubernetes;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The status of a pod in each of its states, as a kubelet writes it. */
final class PodStatus {
  private final SimulatorClock clock;

  PodStatus(SimulatorClock clock) {
    this.clock = clock;
  }

  ObjectNode unschedulable(ObjectNode pod) {
    var next = copy(pod).put("phase", "Pending");
    Conditions.set(
        next,
        clock.now(),
        "PodScheduled",
        false,
        "Unschedulable",
        "0 nodes are available for the pod.");
    return next;
  }

  ObjectNode starting(ObjectNode pod, String address) {
    var next = scheduled(pod, address).put("phase", "Pending");
    containers(
        pod, next, false, state -> state.putObject("waiting").put("reason", "ContainerCreating"));
    conditions(next, false, "ContainersNotReady");
    return next;
  }

  ObjectNode imagePullFailed(ObjectNode pod, String address) {
    var next = scheduled(pod, address).put("phase", "Pending");
    containers(
        pod,
        next,
        false,
        state ->
            state
                .putObject("waiting")
                .put("reason", "ImagePullBackOff")
                .put("message", "Back-off pulling image: the tag `broken` does not exist"));
    conditions(next, false, "ContainersNotReady");
    return next;
  }

  ObjectNode ready(ObjectNode pod, String address) {
    var next = scheduled(pod, address).put("phase", "Running");
    containers(pod, next, true, state -> state.putObject("running").put("startedAt", now()));
    conditions(next, true, "");
    return next;
  }

  /** All containers ended with exit code 0. */
  ObjectNode succeeded(ObjectNode pod, String address) {
    var next = scheduled(pod, address).put("phase", "Succeeded");
    containers(
        pod,
        next,
        false,
        state ->
            state
                .putObject("terminated")
                .put("exitCode", 0)
                .put("reason", "Completed")
                .put("startedAt", now())
                .put("finishedAt", now()));
    conditions(next, false, "PodCompleted");
    return next;
  }

  ObjectNode ending(ObjectNode pod) {
    var next = copy(pod);
    conditions(next, false, "ContainersNotReady");
    for (var container : next.path("containerStatuses")) {
      ((ObjectNode) container).put("ready", false);
    }
    return next;
  }

  private ObjectNode scheduled(ObjectNode pod, String address) {
    var next = copy(pod);
    next.put("hostIP", address).put("qosClass", "BestEffort");
    if (!next.has("startTime")) {
      next.put("startTime", now());
    }
    if (!next.has("podIP")) {
      var ip = podIp(pod);
      next.put("podIP", ip).putArray("podIPs").addObject().put("ip", ip);
    }
    Conditions.set(next, clock.now(), "PodScheduled", true, "", "");
    return next;
  }

  /** Of no use but to look at: nothing listens there. */
  private static String podIp(ObjectNode pod) {
    var hash = ObjectTree.uid(pod).hashCode();
    return "10.244." + (hash >>> 8 & 0xff) + "." + (hash & 0xff);
  }

  private void conditions(ObjectNode next, boolean ready, String reason) {
    var now = clock.now();
    Conditions.set(next, now, "Initialized", true, "", "");
    Conditions.set(next, now, "ContainersReady", ready, reason, "");
    Conditions.set(next, now, "Ready", ready, reason, "");
  }

  private static void containers(
      ObjectNode pod,
      ObjectNode next,
      boolean ready,
      java.util.function.Consumer<ObjectNode> state) {
    var statuses = next.putArray("containerStatuses");
    for (JsonNode container : ObjectTree.at(pod, "spec", "containers")) {
      var entry = statuses.addObject();
      var image = ObjectTree.text(container, "image");
      entry.put("name", ObjectTree.text(container, "name")).put("image", image);
      entry.put("imageID", ready ? image : "").put("restartCount", 0);
      entry.put("ready", ready).put("started", ready);
      state.accept(entry.putObject("state"));
      entry.putObject("lastState");
    }
  }

  private static ObjectNode copy(ObjectNode pod) {
    return pod.path("status") instanceof ObjectNode status ? status.deepCopy() : pod.objectNode();
  }

  private String now() {
    return clock.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
