package io.kodedeploy.simulator.world;

import io.kodedeploy.simulator.ec2.Instance;
import io.kodedeploy.simulator.ec2.MetadataEndpoint;
import java.util.LinkedHashMap;
import java.util.Map;

/** A cluster and what it has open. Guarded by the monitor of {@link Clusters}. */
final class Cluster {

  /** A worker: its instance and its metadata. */
  record Worker(Instance instance, MetadataEndpoint metadata) {}

  final String name;
  final String environment;
  final AddressBlock addresses;
  final Map<String, Worker> workers = new LinkedHashMap<>();

  Cluster(String name, String environment, AddressBlock addresses) {
    this.name = name;
    this.environment = environment;
    this.addresses = addresses;
  }

  String autoScalingGroup() {
    return name + "-nodes";
  }

  String role() {
    return name + "-node";
  }

  /** Tags of the instances and of the group, as EKS and the cloud provider set them. */
  Map<String, String> tags() {
    return Map.of(
        "kubernetes.io/cluster/" + name, "owned", "eks:cluster-name", name, "Name", name + "-node");
  }
}
