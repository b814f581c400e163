package io.kodedeploy.namespace.apply;

import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.manifest.PlannedObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Why a workload's pods do not run, for the people who read the deployment's error. Best effort:
 * what may not be read is left out.
 */
final class PodReasons {
  private static final int MAX_PODS = 3;
  private static final int LOG_LINES = 5;
  private static final int LINE_LENGTH = 200;

  /** What the kubelet says of a container that no waiting helps. */
  private static final Set<String> DEAD_ENDS = Set.of("InvalidImageName", "ErrImageNeverPull");

  private static final Set<String> STARTING = Set.of("ContainerCreating", "PodInitializing");

  private final KubernetesApi api;
  private final String pods;

  PodReasons(KubernetesApi api, PlannedObject workload) {
    this.api = api;
    this.pods = "/api/v1/namespaces/" + workload.key().namespace() + "/pods";
  }

  /** One line a reason; empty when there is nothing to say. */
  List<String> of(JsonNode workload) throws InterruptedException {
    var reasons = new LinkedHashSet<String>();
    if (workload.path("kind").asString("").equals("Pod")) {
      pod(workload, reasons);
      return List.copyOf(reasons);
    }
    for (var condition : workload.path("status").path("conditions")) {
      if (condition.path("type").asString("").equals("ReplicaFailure")) {
        reasons.add("no pod can be made: " + line(condition.path("message").asString("")));
      }
    }
    var selector = selector(workload);
    if (selector.isEmpty()) {
      events(workload, reasons);
      return List.copyOf(reasons);
    }
    var answer = api.get(pods, Map.of("labelSelector", selector.get()));
    if (answer.succeeded()) {
      var found = new ArrayList<JsonNode>();
      answer.body().path("items").forEach(found::add);
      found.sort(Comparator.comparing(PodReasons::created).reversed());
      var explained = 0;
      for (var pod : found) {
        if (explained < MAX_PODS && !ready(pod)) {
          pod(pod, reasons);
          explained++;
        }
      }
    }
    return List.copyOf(reasons);
  }

  /**
   * Why no pod of a workload can ever run, when that is so: each pod that is not ready waits for
   * something that only another manifest or node brings.
   */
  Optional<String> deadEnd(JsonNode workload) throws InterruptedException {
    var selector = selector(workload);
    if (selector.isEmpty() || workload.path("status").path("updatedReplicas").asInt(0) == 0) {
      return Optional.empty();
    }
    var answer = api.get(pods, Map.of("labelSelector", selector.get()));
    var reason = Optional.<String>empty();
    for (var pod : answer.body().path("items")) {
      if (!ready(pod) && !pod.path("metadata").hasNonNull("deletionTimestamp")) {
        reason = deadEndOfPod(pod);
        if (reason.isEmpty()) {
          return Optional.empty();
        }
      }
    }
    return reason;
  }

  private static Optional<String> deadEndOfPod(JsonNode pod) {
    for (var list : List.of("initContainerStatuses", "containerStatuses")) {
      for (var container : pod.path("status").path(list)) {
        var reason = container.path("state").path("waiting").path("reason").asString("");
        if (DEAD_ENDS.contains(reason)) {
          return Optional.of("its pods cannot start: " + reason);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> selector(JsonNode workload) {
    var labels = workload.path("spec").path("selector").path("matchLabels");
    return labels.isEmpty()
        ? Optional.empty()
        : Optional.of(
            labels.properties().stream()
                .map(label -> label.getKey() + "=" + label.getValue().asString(""))
                .collect(Collectors.joining(",")));
  }

  private void pod(JsonNode pod, Set<String> reasons) throws InterruptedException {
    var name = "pod " + pod.path("metadata").path("name").asString("") + ": ";
    for (var condition : pod.path("status").path("conditions")) {
      if (condition.path("type").asString("").equals("PodScheduled")
          && condition.path("status").asString("").equals("False")) {
        reasons.add(
            name
                + condition.path("reason").asString("")
                + ": "
                + line(condition.path("message").asString("")));
        return;
      }
    }
    var explained = false;
    for (var list : List.of("initContainerStatuses", "containerStatuses")) {
      for (var container : pod.path("status").path(list)) {
        explained |= container(pod, name, container, reasons);
      }
    }
    if (!explained) {
      var phase = pod.path("status").path("phase").asString("Pending");
      var node = pod.path("spec").path("nodeName").asString("");
      reasons.add(name + phase + (node.isEmpty() ? ", no node has taken it" : " on " + node));
    }
  }

  private boolean container(JsonNode pod, String name, JsonNode status, Set<String> reasons)
      throws InterruptedException {
    var container = status.path("name").asString("");
    var waiting = status.path("state").path("waiting");
    var reason = waiting.path("reason").asString("");
    var ended = status.path("state").path("terminated");
    var before = status.path("lastState").path("terminated");
    var prefix = name + "container " + container + ": ";
    if (!reason.isEmpty() && !STARTING.contains(reason)) {
      var text = prefix + reason + ": " + line(waiting.path("message").asString(""));
      if (before.isObject()) {
        text += ", last exit code " + before.path("exitCode").asInt(0);
      }
      reasons.add(text);
      if (before.isObject()) {
        log(pod, container, true, reasons);
      }
      return true;
    }
    if (ended.isObject() && ended.path("exitCode").asInt(0) != 0) {
      reasons.add(prefix + "exit code " + ended.path("exitCode").asInt(0));
      log(pod, container, false, reasons);
      return true;
    }
    if (status.path("state").has("running") && !status.path("ready").asBoolean(false)) {
      reasons.add(prefix + "runs, but is not ready" + probe(pod));
      log(pod, container, false, reasons);
      return true;
    }
    return false;
  }

  /** What was last said about an object without pods, such as a claim. */
  private void events(JsonNode object, Set<String> reasons) throws InterruptedException {
    var metadata = object.path("metadata");
    var path = pods.substring(0, pods.length() - "pods".length()) + "events";
    var answer =
        api.get(
            path,
            Map.of("fieldSelector", "involvedObject.uid=" + metadata.path("uid").asString("")));
    var newest = "";
    for (var event : answer.body().path("items")) {
      newest = event.path("reason").asString("") + ": " + line(event.path("message").asString(""));
    }
    if (!newest.isEmpty()) {
      reasons.add(newest);
    }
  }

  /** The newest complaint of the kubelet about a probe. */
  private String probe(JsonNode pod) throws InterruptedException {
    var name = pod.path("metadata").path("name").asString("");
    var path = pods.substring(0, pods.length() - "pods".length()) + "events";
    var answer =
        api.get(path, Map.of("fieldSelector", "involvedObject.name=" + name + ",reason=Unhealthy"));
    var newest = "";
    if (answer.succeeded()) {
      for (var event : answer.body().path("items")) {
        newest = ": " + line(event.path("message").asString(""));
      }
    }
    return newest;
  }

  private void log(JsonNode pod, String container, boolean previous, Set<String> reasons)
      throws InterruptedException {
    var name = pod.path("metadata").path("name").asString("");
    var text =
        api.log(
            pods + "/" + name,
            Map.of(
                "container",
                container,
                "tailLines",
                Integer.toString(LOG_LINES),
                "limitBytes",
                "4096",
                "previous",
                Boolean.toString(previous)));
    text.lines().limit(LOG_LINES).forEach(line -> reasons.add("  | " + line(line)));
  }

  private static boolean ready(JsonNode pod) {
    for (var condition : pod.path("status").path("conditions")) {
      if (condition.path("type").asString("").equals("Ready")) {
        return condition.path("status").asString("").equals("True");
      }
    }
    return false;
  }

  private static String created(JsonNode pod) {
    return pod.path("metadata").path("creationTimestamp").asString("");
  }

  private static String line(String text) {
    var one = text.replaceAll("\\s+", " ").strip();
    return one.length() <= LINE_LENGTH ? one : one.substring(0, LINE_LENGTH) + "...";
  }
}
