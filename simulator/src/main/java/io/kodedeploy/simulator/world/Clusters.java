package io.kodedeploy.simulator.world;

import io.kodedeploy.simulator.autoscaling.AutoScalingGroups;
import io.kodedeploy.simulator.autoscaling.Fleet;
import io.kodedeploy.simulator.ec2.Instances;
import io.kodedeploy.simulator.ec2.MetadataEndpoint;
import io.kodedeploy.simulator.ec2.MetadataPages;
import io.kodedeploy.simulator.ec2.RotatingCredentials;
import io.kodedeploy.simulator.http.LoopbackAddress;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.AdminRoutes.Refused;
import io.kodedeploy.simulator.wire.Resettable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The clusters of the account. Each has instances with addresses, metadata and a role, an Auto
 * Scaling group, and a Kubernetes; all of it ends with the cluster. Thread-safe: one monitor.
 */
public final class Clusters implements Fleet, Resettable, AutoCloseable {
  private static final int MOST_NODES = 100;

  /** How long an instance's credentials live, in real time: what an SDK looks at. */
  private static final Duration CREDENTIAL_LIFETIME = Duration.ofHours(6);

  /** The neighbours that a cluster is made of. */
  public record Parts(
      Account account,
      SimulatorClock clock,
      Instances instances,
      AutoScalingGroups groups,
      CredentialIssuer credentials,
      KubernetesClusters kubernetes) {}

  /** A cluster with its Kubernetes, once that runs. */
  record Running(Cluster cluster, KubernetesClusters.Cluster kubernetes) {}

  private final Parts parts;
  private final Map<String, Running> byName = new LinkedHashMap<>();

  /** No clusters yet. */
  public Clusters(Parts parts) {
    this.parts = parts;
  }

  /** Makes a cluster; nothing of it is left if any part of it cannot be had. */
  synchronized void create(String name, String environment, int nodes) {
    checkName(name);
    checkCount(nodes);
    if (byName.containsKey(name)) {
      throw new Refused(409, "there is a cluster " + name + " already");
    }
    var cluster = new Cluster(name, environment, reserve());
    try {
      parts
          .groups()
          .create(
              cluster.autoScalingGroup(),
              parts.account().region(),
              0,
              nodes,
              nodes,
              cluster.tags());
    } catch (RuntimeException e) {
      cluster.addresses.close();
      throw e;
    }
    try {
      parts.credentials().createInstanceRole(cluster.role());
      for (int i = 0; i < nodes; i++) {
        launch(cluster);
      }
      var workers = cluster.workers.values().stream().map(Clusters::node).toList();
      byName.put(name, new Running(cluster, parts.kubernetes().start(name, workers)));
    } catch (RuntimeException e) {
      end(cluster);
      throw e;
    }
  }

  private static AddressBlock reserve() {
    try {
      return AddressBlock.reserve();
    } catch (LoopbackAddress.Unavailable e) {
      throw new Refused(501, String.valueOf(e.getMessage()));
    }
  }

  synchronized <T> List<T> list(Function<Running, T> view) {
    return byName.values().stream().map(view).toList();
  }

  synchronized <T> T view(String name, Function<Running, T> view) {
    return view.apply(require(name));
  }

  /** Ends a cluster: its Kubernetes, group, instances and role. */
  synchronized void delete(String name) {
    var running = require(name);
    byName.remove(name);
    try {
      running.kubernetes().close();
    } finally {
      end(running.cluster());
    }
  }

  /** Adds nodes, which join the Kubernetes and the group. */
  synchronized void addNodes(String name, int count) {
    var running = require(name);
    checkCount(running.cluster().workers.size() + count);
    for (int i = 0; i < count; i++) {
      running.kubernetes().addNode(node(launch(running.cluster())));
    }
  }

  /** Ends a node, named by its instance id or its name. */
  synchronized void removeNode(String name, String node) {
    var running = require(name);
    var worker =
        running.cluster().workers.values().stream()
            .filter(w -> w.instance().id().equals(node) || w.instance().hostName().equals(node))
            .findFirst()
            .orElseThrow(() -> new Refused(404, "the cluster " + name + " has no node " + node));
    running.kubernetes().removeNode(worker.instance().hostName());
    terminate(running.cluster(), worker);
  }

  @Override
  public synchronized boolean serves(String group) {
    return byName.values().stream().anyMatch(r -> r.cluster().autoScalingGroup().equals(group));
  }

  @Override
  public synchronized void grow(String group, int count) {
    addNodes(clusterOf(group), count);
  }

  @Override
  public synchronized void shrink(String group, List<String> instanceIds) {
    var name = clusterOf(group);
    instanceIds.forEach(id -> removeNode(name, id));
  }

  @Override
  public synchronized void reset() {
    List.copyOf(byName.keySet()).forEach(this::delete);
  }

  @Override
  public void close() {
    reset();
  }

  private Cluster.Worker launch(Cluster cluster) {
    var instance =
        parts.instances().launch(cluster.addresses.next(), cluster.role(), cluster.tags());
    var id = instance.id();
    var hour = Duration.ofHours(1);
    double scale = (double) hour.toMillis() / parts.clock().real(hour).toMillis();
    var lifetime = Duration.ofSeconds((long) (CREDENTIAL_LIFETIME.toSeconds() * scale));
    var credentials =
        new RotatingCredentials(
            parts.clock(), () -> parts.credentials().issue(cluster.role(), id, lifetime));
    var pages =
        new MetadataPages(
            parts.account(),
            () -> parts.instances().require(id),
            credentials,
            () -> parts.groups().targetLifecycleState(id));
    Cluster.Worker worker;
    try {
      worker = new Cluster.Worker(instance, MetadataEndpoint.open(pages, parts.clock()));
    } catch (RuntimeException e) {
      parts.instances().terminate(id);
      throw e;
    }
    cluster.workers.put(id, worker);
    parts.groups().join(cluster.autoScalingGroup(), id, instance.availabilityZone());
    return worker;
  }

  private void terminate(Cluster cluster, Cluster.Worker worker) {
    var id = worker.instance().id();
    parts.groups().leave(id);
    worker.metadata().close();
    parts.instances().terminate(id);
    cluster.workers.remove(id);
  }

  private void end(Cluster cluster) {
    new ArrayList<>(cluster.workers.values()).forEach(worker -> terminate(cluster, worker));
    parts.groups().delete(cluster.autoScalingGroup());
    parts.credentials().deleteInstanceRole(cluster.role());
    cluster.addresses.close();
  }

  private String clusterOf(String group) {
    return byName.values().stream()
        .map(Running::cluster)
        .filter(cluster -> cluster.autoScalingGroup().equals(group))
        .map(cluster -> cluster.name)
        .findFirst()
        .orElseThrow(() -> new Refused(404, "no cluster has the Auto Scaling group " + group));
  }

  private Running require(String name) {
    var running = byName.get(name);
    if (running == null) {
      throw new Refused(404, "there is no cluster " + name);
    }
    return running;
  }

  private static KubernetesClusters.Node node(Cluster.Worker worker) {
    var instance = worker.instance();
    return new KubernetesClusters.Node(
        instance.hostName(), instance.id(), instance.address(), instance.availabilityZone());
  }

  private static void checkName(String name) {
    if (!name.matches("[a-z]([a-z0-9-]{0,38}[a-z0-9])?")) {
      throw new Refused(
          400,
          "a cluster's name is 1 to 40 lower-case letters, digits and hyphens, and begins with a"
              + " letter; not \""
              + name
              + "\"");
    }
  }

  private static void checkCount(int nodes) {
    if (nodes < 0 || nodes > MOST_NODES) {
      throw new Refused(400, "a cluster has 0 to " + MOST_NODES + " nodes, not " + nodes);
    }
  }
}
