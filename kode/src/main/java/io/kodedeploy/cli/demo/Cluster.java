package io.kodedeploy.cli.demo;

import java.util.List;

/**
 * A simulated Kubernetes cluster.
 *
 * @param name such as {@code blue}
 * @param autoScalingGroup of its nodes
 * @param kubernetesUrl of its API
 * @param kubeconfig text of a kubeconfig for it
 * @param nodes its workers
 */
record Cluster(
    String name,
    String autoScalingGroup,
    String kubernetesUrl,
    String kubeconfig,
    List<Node> nodes) {
  Cluster {
    nodes = List.copyOf(nodes);
  }

  /**
   * A worker.
   *
   * @param name of the Kubernetes node
   * @param instanceId of the EC2 instance
   * @param address its own loopback address
   * @param metadataUrl where its instance metadata is served
   */
  record Node(String name, String instanceId, String address, String metadataUrl) {}
}
