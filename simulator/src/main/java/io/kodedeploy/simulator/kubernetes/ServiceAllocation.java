package io.kodedeploy.simulator.kubernetes;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Gives services their cluster address and node ports. Used under the store's lock. */
final class ServiceAllocation {
  private static final int FIRST_PORT = 30_000;
  private static final int LAST_PORT = 32_767;

  private final ObjectStore store;
  private int addresses;

  ServiceAllocation(ObjectStore store) {
    this.store = store;
  }

  void allocate(ObjectNode service, @Nullable ObjectNode live) {
    var spec = ObjectTree.child(service, "spec");
    var type = ObjectTree.text(spec, "type");
    if (type.equals("ExternalName")) {
      return;
    }
    if (spec.path("ports").isEmpty() && !ObjectTree.text(spec, "clusterIP").equals("None")) {
      throw invalid(service, "spec.ports", "Required value");
    }
    clusterAddress(spec, live);
    if (type.equals("NodePort") || type.equals("LoadBalancer")) {
      if (!spec.has("externalTrafficPolicy")) {
        spec.put("externalTrafficPolicy", "Cluster");
      }
      nodePorts(service, spec, live);
    } else {
      spec.remove("externalTrafficPolicy");
      spec.path("ports")
          .forEach(
              port -> {
                if (port instanceof ObjectNode fields) {
                  fields.remove("nodePort");
                }
              });
    }
    if (!service.has("status")) {
      ObjectTree.child(service, "status", "loadBalancer");
    }
  }

  private void clusterAddress(ObjectNode spec, @Nullable ObjectNode live) {
    if (live != null && !spec.has("clusterIP")) {
      spec.set("clusterIP", ObjectTree.at(live, "spec", "clusterIP"));
    }
    if (ObjectTree.text(spec, "clusterIP").isEmpty()) {
      addresses++;
      spec.put("clusterIP", "10.96." + (addresses / 250) + "." + (addresses % 250 + 2));
    }
    spec.putArray("clusterIPs").add(ObjectTree.text(spec, "clusterIP"));
    if (!spec.has("ipFamilies")) {
      spec.putArray("ipFamilies").add("IPv4");
      spec.put("ipFamilyPolicy", "SingleStack");
    }
  }

  private void nodePorts(ObjectNode service, ObjectNode spec, @Nullable ObjectNode live) {
    var taken = taken(service);
    int index = 0;
    for (var port : spec.path("ports")) {
      var fields = (ObjectNode) port;
      var wanted = fields.path("nodePort").asInt(0);
      if (wanted == 0) {
        wanted = earlier(live, ObjectTree.number(fields, 0, "port"), taken);
      } else if (wanted < FIRST_PORT || wanted > LAST_PORT) {
        throw invalid(
            service,
            "spec.ports[" + index + "].nodePort",
            "Invalid value: "
                + wanted
                + ": provided port is not in the valid range. The range of"
                + " valid ports is 30000-32767");
      } else if (taken.contains(wanted)) {
        throw invalid(
            service,
            "spec.ports[" + index + "].nodePort",
            "Invalid value: " + wanted + ": provided port is already allocated");
      }
      fields.put("nodePort", wanted);
      taken.add(wanted);
      index++;
    }
  }

  private static int earlier(@Nullable ObjectNode live, int port, Set<Integer> taken) {
    if (live != null) {
      for (var before : ObjectTree.at(live, "spec", "ports")) {
        var nodePort = ObjectTree.number(before, 0, "nodePort");
        if (ObjectTree.number(before, 0, "port") == port
            && nodePort != 0
            && !taken.contains(nodePort)) {
          return nodePort;
        }
      }
    }
    for (int free = FIRST_PORT; free <= LAST_PORT; free++) {
      if (!taken.contains(free)) {
        return free;
      }
    }
    throw new StatusException(500, "InternalError", "no node port is free");
  }

  private Set<Integer> taken(ObjectNode self) {
    var taken = new HashSet<Integer>();
    for (var other : store.list(ResourceCatalog.SERVICE, "")) {
      if (!ObjectTree.name(other).equals(ObjectTree.name(self))
          || !ObjectTree.namespace(other).equals(ObjectTree.namespace(self))) {
        ObjectTree.at(other, "spec", "ports")
            .forEach(port -> taken.add(ObjectTree.number(port, 0, "nodePort")));
      }
    }
    return taken;
  }

  private static StatusException invalid(ObjectNode service, String field, String problem) {
    return StatusException.invalid(
        ResourceCatalog.SERVICE, ObjectTree.name(service), field, problem);
  }
}
