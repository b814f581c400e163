package io.kodedeploy.simulator.kubernetes;

import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.NAMESPACE;
import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.NODE;

import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.world.KubernetesClusters.Cluster;
import io.kodedeploy.simulator.world.KubernetesClusters.Node;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;

/** One cluster: its objects, controllers, API and node ports. Thread-safe. */
final class InMemoryCluster implements Cluster {
  private final String name;
  private final SimulatorClock clock;
  private final ObjectStore store = new ObjectStore();
  private final ControllerLoop loop;
  private final ControllerLoop ports;
  private final NodePortController nodePorts;
  private final KubernetesApi api;
  private final String token;

  InMemoryCluster(String name, List<Node> nodes, SimulatorClock clock) {
    this.name = name;
    this.clock = clock;
    token = HexFormat.of().formatHex(SecureRandom.getSeed(16));
    loop = new ControllerLoop(name, store, clock);
    ports = new ControllerLoop(name + "-ports", store, clock);
    var verbs = new ObjectVerbs(store, clock);
    var deletion = new Deletion(store, clock);
    var owned = new OwnedObjects(store, verbs, deletion);
    var pods = new PodController(store, verbs, clock, loop);
    nodePorts = new NodePortController(name, store, pods, clock);
    loop.start(
        List.of(
            pods,
            new ReplicaSetController(store, verbs, owned),
            new DeploymentController(store, verbs, owned, clock, loop),
            new SetController(store, verbs, owned),
            new JobController(store, verbs, owned, clock, loop),
            new HousekeepingController(store, verbs, owned)));
    ports.start(List.of(nodePorts));
    for (var namespace : List.of("default", "kube-system", "kube-public", "kube-node-lease")) {
      var object = JsonNodeFactory.instance.objectNode();
      ObjectTree.metadata(object).put("name", namespace);
      verbs.create(NAMESPACE, "", object, WriteOptions.CONTROLLER);
    }
    nodes.forEach(this::addNode);
    api = new KubernetesApi(store, new ApiVerbs(store, verbs, deletion, clock), clock, token);
  }

  @Override
  public String url() {
    return "http://127.0.0.1:" + api.port();
  }

  @Override
  public String kubeconfig() {
    return """
    apiVersion: v1
    kind: Config
    clusters:
    - name: %1$s
      cluster: {server: "%2$s"}
    users:
    - name: %1$s
      user: {token: "%3$s"}
    contexts:
    - name: %1$s
      context: {cluster: %1$s, user: %1$s}
    current-context: %1$s
    """
        .formatted(name, url(), token);
  }

  @Override
  public void addNode(Node node) {
    store.put(NODE, NodeObjects.of(node, clock.now()));
  }

  @Override
  public void removeNode(String nodeName) {
    store.get(NODE, "", nodeName).ifPresent(node -> store.remove(NODE, node));
  }

  @Override
  public void close() {
    api.close();
    loop.close();
    ports.close();
    nodePorts.close();
  }
}
