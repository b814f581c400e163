package io.kodedeploy.simulator.kubernetes;

import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.NODE;
import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.POD;
import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.SERVICE;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * kube-proxy of all nodes: opens a listener on every node's address for every node port, and tells
 * it which pods are ready. Its methods run under the store's lock; sockets are opened and closed on
 * the listeners' own threads.
 */
final class NodePortController implements Controller, AutoCloseable {
  private final String cluster;
  private final ObjectStore store;
  private final PodController pods;
  private final SimulatorClock clock;
  private final Map<Endpoint, NodePortListener> listeners = new HashMap<>();

  private record Endpoint(String node, String address, int port) {}

  NodePortController(String cluster, ObjectStore store, PodController pods, SimulatorClock clock) {
    this.cluster = cluster;
    this.store = store;
    this.pods = pods;
    this.clock = clock;
  }

  /** Everything is derived anew, so one target stands for all. */
  @Override
  public Stream<Target> concerns(StoreEvent event) {
    return event.kind().equals(POD) || event.kind().equals(SERVICE) || event.kind().equals(NODE)
        ? Stream.of(new Target(SERVICE, "", ""))
        : Stream.empty();
  }

  @Override
  public void reconcile(Target target) {
    var wanted = new HashSet<Endpoint>();
    for (var service : store.list(SERVICE, "")) {
      var ready = ready(service);
      var local = ObjectTree.text(service, "spec", "externalTrafficPolicy").equals("Local");
      for (var port : ObjectTree.at(service, "spec", "ports")) {
        var nodePort = ObjectTree.number(port, 0, "nodePort");
        for (var node : nodePort == 0 ? List.<ObjectNode>of() : store.list(NODE, "")) {
          var name = ObjectTree.name(node);
          var endpoint = new Endpoint(name, NodeObjects.address(node), nodePort);
          wanted.add(endpoint);
          listeners
              .computeIfAbsent(endpoint, this::open)
              .serve(ready.stream().filter(pod -> !local || pod.node().equals(name)).toList());
        }
      }
    }
    listeners
        .entrySet()
        .removeIf(
            entry -> {
              var gone = !wanted.contains(entry.getKey());
              if (gone) {
                entry.getValue().closeInBackground();
              }
              return gone;
            });
  }

  private List<RunningPod> ready(ObjectNode service) {
    var selector = ObjectTree.strings(ObjectTree.at(service, "spec", "selector"));
    return selector.isEmpty()
        ? List.of()
        : pods.ready(ObjectTree.namespace(service)).stream()
            .filter(pod -> pod.labels().entrySet().containsAll(selector.entrySet()))
            .toList();
  }

  private NodePortListener open(Endpoint endpoint) {
    return NodePortListener.open(cluster, endpoint.address(), endpoint.port(), clock);
  }

  /** Closes every listener and waits for that; called when no reconcile can run any more. */
  @Override
  public void close() {
    listeners.values().forEach(NodePortListener::closeInBackground);
    listeners.values().forEach(NodePortListener::close);
    listeners.clear();
  }
}
