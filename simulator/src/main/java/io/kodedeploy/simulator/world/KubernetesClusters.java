package io.kodedeploy.simulator.world;

import java.util.List;

/** Starts in-memory Kubernetes clusters; package {@code kubernetes} implements it. Thread-safe. */
public interface KubernetesClusters {

  /**
   * Starts the API of one cluster, with a ready Node object for each node, on a free loopback port.
   * When this returns the API answers.
   */
  Cluster start(String clusterName, List<Node> nodes);

  /**
   * A worker of a cluster.
   *
   * @param name of the Node object, such as {@code ip-127-0-1-1}
   * @param instanceId for {@code spec.providerID: aws:///ZONE/INSTANCE_ID}
   * @param address the node's own loopback address: its InternalIP, and where node ports listen
   */
  record Node(String name, String instanceId, String address, String availabilityZone) {}

  /** A running cluster. Closing it ends its API and leaves no listener behind. */
  interface Cluster extends AutoCloseable {

    /** {@code http://127.0.0.1:PORT}. */
    String url();

    /** A kubeconfig with a bearer token, for this cluster's administrator. */
    String kubeconfig();

    /** A worker joins: Node object, and its address serves the cluster's node ports. */
    void addNode(Node node);

    /** A worker is gone: Node object, pods and listeners on its address with it. */
    void removeNode(String nodeName);

    @Override
    void close();
  }
}
