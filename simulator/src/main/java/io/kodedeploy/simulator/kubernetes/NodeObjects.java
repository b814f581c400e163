package io.kodedeploy.simulator.kubernetes;

import io.kodedeploy.simulator.world.KubernetesClusters;
import java.time.Instant;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Node objects as a kubelet and the cloud controller write them. */
final class NodeObjects {
  private NodeObjects() {}

  static ObjectNode of(KubernetesClusters.Node node, Instant now) {
    var object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", "v1").put("kind", "Node");
    var metadata = ObjectTree.metadata(object).put("name", node.name());
    metadata.put("uid", UUID.randomUUID().toString());
    metadata.put(
        "creationTimestamp", now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
    var zone = node.availabilityZone();
    metadata
        .putObject("labels")
        .put("kubernetes.io/hostname", node.name())
        .put("kubernetes.io/os", "linux")
        .put("kubernetes.io/arch", "amd64")
        .put("topology.kubernetes.io/zone", zone)
        .put("topology.kubernetes.io/region", zone.replaceAll("[a-z]$", ""));
    ObjectTree.child(object, "spec").put("providerID", "aws:///" + zone + "/" + node.instanceId());
    var status = ObjectTree.child(object, "status");
    var addresses = status.putArray("addresses");
    addresses.addObject().put("type", "InternalIP").put("address", node.address());
    addresses.addObject().put("type", "Hostname").put("address", node.name());
    for (var part : new String[] {"capacity", "allocatable"}) {
      status.putObject(part).put("cpu", "2").put("memory", "4Gi").put("pods", "110");
    }
    status.putObject("nodeInfo").put("kubeletVersion", KubernetesApi.VERSION);
    Conditions.set(status, now, "Ready", true, "KubeletReady", "kubelet is posting ready status");
    return object;
  }

  /** The InternalIP. */
  static String address(JsonNode node) {
    return ObjectTree.at(node, "status", "addresses")
        .valueStream()
        .filter(address -> ObjectTree.text(address, "type").equals("InternalIP"))
        .map(address -> ObjectTree.text(address, "address"))
        .findFirst()
        .orElse("");
  }
}
