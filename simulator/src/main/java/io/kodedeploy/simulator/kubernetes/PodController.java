package io.kodedeploy.simulator.kubernetes;

import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.NODE;
import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.POD;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Scheduler and kubelet in one: gives pods a node, lets them become ready after their start-up
 * delay, and ends them gracefully.
 */
final class PodController implements Controller {
  private final ObjectStore store;
  private final ObjectVerbs verbs;
  private final SimulatorClock clock;
  private final ControllerLoop loop;
  private final PodStatus status;
  private final Map<String, Instant> scheduledAt = new HashMap<>();
  private final Map<String, RunningPod> running = new ConcurrentHashMap<>();
  private final Map<String, RunningPod> ending = new HashMap<>();

  PodController(ObjectStore store, ObjectVerbs verbs, SimulatorClock clock, ControllerLoop loop) {
    this.store = store;
    this.verbs = verbs;
    this.clock = clock;
    this.loop = loop;
    status = new PodStatus(clock);
  }

  /** The ready pods of a namespace, in the order of their names. */
  List<RunningPod> ready(String namespace) {
    return running.values().stream()
        .filter(pod -> pod.namespace().equals(namespace))
        .sorted(Comparator.comparing(RunningPod::name))
        .toList();
  }

  @Override
  public Stream<Target> concerns(StoreEvent event) {
    if (event.kind().equals(POD)) {
      return Stream.of(Target.of(event));
    }
    if (event.kind().equals(NODE)) {
      return store.list(POD, "").stream()
          .map(pod -> new Target(POD, ObjectTree.namespace(pod), ObjectTree.name(pod)));
    }
    return Stream.empty();
  }

  @Override
  public void reconcile(Target target) {
    var found = store.get(POD, target.namespace(), target.name());
    if (found.isEmpty()) {
      forget(target);
      return;
    }
    var pod = found.get();
    var node = ObjectTree.text(pod, "spec", "nodeName");
    if (!node.isEmpty() && store.get(NODE, "", node).isEmpty()) {
      store.remove(POD, pod); // the node is gone, and the pod with it
    } else if (ObjectTree.deleting(pod)) {
      end(target, pod);
    } else if (node.isEmpty()) {
      schedule(target, pod);
    } else {
      progress(target, pod);
    }
  }

  private void forget(Target target) {
    running
        .values()
        .removeIf(
            pod -> pod.namespace().equals(target.namespace()) && pod.name().equals(target.name()));
  }

  private void end(Target target, ObjectNode pod) {
    var uid = ObjectTree.uid(pod);
    var serving = running.remove(uid);
    if (serving != null) {
      ending.put(uid, serving);
      serving.end(() -> loop.enqueue(this, target));
      setStatus(pod, status.ending(pod));
      var grace = ObjectTree.number(pod, 30, "metadata", "deletionGracePeriodSeconds");
      loop.enqueueAfter(Duration.ofSeconds(grace), this, target);
      return;
    }
    var busy = ending.get(uid);
    if (busy == null || busy.idle() || graceOver(pod)) {
      ending.remove(uid);
      scheduledAt.remove(uid);
      finish(pod);
    }
  }

  /** Without its grace period a pod is gone, unless finalizers hold the object. */
  private void finish(ObjectNode pod) {
    if (ObjectTree.at(pod, "metadata", "finalizers").isEmpty()) {
      store.remove(POD, pod);
    } else if (ObjectTree.at(pod, "metadata").has("deletionGracePeriodSeconds")) {
      var held = pod.deepCopy();
      ObjectTree.metadata(held).remove("deletionGracePeriodSeconds");
      store.put(POD, held);
    }
  }

  private boolean graceOver(ObjectNode pod) {
    var since = Instant.parse(ObjectTree.text(pod, "metadata", "deletionTimestamp"));
    var grace = ObjectTree.number(pod, 30, "metadata", "deletionGracePeriodSeconds");
    return !clock.now().isBefore(since.plusSeconds(grace));
  }

  private void schedule(Target target, ObjectNode pod) {
    var node = freestNode(pod);
    if (node.isEmpty()) {
      setStatus(pod, status.unschedulable(pod));
      return;
    }
    scheduledAt.put(ObjectTree.uid(pod), clock.now());
    verbs.change(
        POD,
        target.namespace(),
        target.name(),
        WriteOptions.CONTROLLER,
        next -> {
          ObjectTree.child(next, "spec").put("nodeName", ObjectTree.name(node.get()));
          return next;
        });
  }

  /** The schedulable node with the fewest pods of the same controller, then the fewest pods. */
  private Optional<ObjectNode> freestNode(ObjectNode pod) {
    var owner = ObjectTree.owners(pod).findFirst().map(o -> ObjectTree.text(o, "uid")).orElse("");
    var pods = store.list(POD, "");
    return store.list(NODE, "").stream()
        .filter(node -> !ObjectTree.at(node, "spec", "unschedulable").asBoolean(false))
        .filter(node -> fits(pod, node))
        .min(
            Comparator.comparingLong((ObjectNode node) -> count(pods, node, owner))
                .thenComparingLong(node -> count(pods, node, "")));
  }

  private static boolean fits(ObjectNode pod, ObjectNode node) {
    var labels = ObjectTree.labels(node);
    return ObjectTree.strings(ObjectTree.at(pod, "spec", "nodeSelector")).entrySet().stream()
        .allMatch(e -> e.getValue().equals(labels.get(e.getKey())));
  }

  private static long count(List<ObjectNode> pods, ObjectNode node, String owner) {
    return pods.stream()
        .filter(p -> ObjectTree.text(p, "spec", "nodeName").equals(ObjectTree.name(node)))
        .filter(p -> !ObjectTree.deleting(p))
        .filter(
            p ->
                owner.isEmpty()
                    || ObjectTree.owners(p).anyMatch(o -> ObjectTree.text(o, "uid").equals(owner)))
        .count();
  }

  private void progress(Target target, ObjectNode pod) {
    var uid = ObjectTree.uid(pod);
    var phase = ObjectTree.text(pod, "status", "phase");
    if (phase.equals("Succeeded") || phase.equals("Failed") || running.containsKey(uid)) {
      return;
    }
    var start = scheduledAt.computeIfAbsent(uid, _ -> clock.now());
    var left = Duration.between(clock.now(), start.plus(PodTemplate.startupDelay(pod)));
    var address = address(pod);
    if (left.isPositive()) {
      if (!ObjectTree.at(pod, "status").has("hostIP")) {
        setStatus(pod, status.starting(pod, address));
        loop.enqueueAfter(left, this, target);
      }
    } else if (PodTemplate.broken(pod)) {
      setStatus(pod, status.imagePullFailed(pod, address));
    } else if (!ObjectTree.text(pod, "spec", "restartPolicy").equals("Always")) {
      setStatus(pod, status.succeeded(pod, address));
    } else {
      running.put(uid, runningPod(pod));
      setStatus(pod, status.ready(pod, address));
    }
  }

  private String address(ObjectNode pod) {
    return store
        .get(NODE, "", ObjectTree.text(pod, "spec", "nodeName"))
        .map(NodeObjects::address)
        .orElse("");
  }

  private static RunningPod runningPod(ObjectNode pod) {
    return new RunningPod(
        ObjectTree.uid(pod),
        ObjectTree.namespace(pod),
        ObjectTree.name(pod),
        ObjectTree.text(pod, "spec", "nodeName"),
        ObjectTree.labels(pod),
        PodTemplate.version(pod),
        PodTemplate.responseDelay(pod));
  }

  private void setStatus(ObjectNode pod, ObjectNode next) {
    verbs.change(
        POD,
        ObjectTree.namespace(pod),
        ObjectTree.name(pod),
        new WriteOptions("kubelet", "status", false, false),
        live -> {
          live.set("status", next);
          return live;
        });
  }
}
