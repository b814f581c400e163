package io.kodedeploy.namespace.membership;

import java.util.Map;

/**
 * Whether the hosts of one cluster are selected by the deployment groups of its environment. Every
 * group of ours filters by the tag {@code kodedeployenv}; the others only say which host it is.
 */
final class ClusterMembership {
  private static final String ENVIRONMENT = "kodedeployenv";
  private static final String CLUSTER = "kodedeploycluster";
  private static final String NAMESPACE = "kodedeployns";

  /** {@code kode cluster pause}: an operator's word, which no Job undoes. */
  private static final String PAUSED = "kodedeploypaused";

  /** What became of a host. */
  enum Outcome {
    JOINED,
    LEFT,
    UNCHANGED,
    PAUSED,
    UNREGISTERED
  }

  private final InstanceTags tags;
  private final String environment;
  private final String cluster;

  ClusterMembership(InstanceTags tags, String environment, String cluster) {
    this.tags = tags;
    this.environment = environment;
    this.cluster = cluster;
  }

  /** The name that {@code kode init} gives. */
  String instance(String namespace) {
    return environment + "-" + cluster + "-" + namespace;
  }

  /** Deployments reach the host from now on. */
  Outcome join(String namespace) {
    var instance = instance(namespace);
    var present = tags.of(instance);
    if (present.isEmpty()) {
      return Outcome.UNREGISTERED;
    }
    if (present.get().containsKey(PAUSED)) {
      return Outcome.PAUSED;
    }
    var wanted = Map.of(ENVIRONMENT, environment, CLUSTER, cluster, NAMESPACE, namespace);
    if (present.get().entrySet().containsAll(wanted.entrySet())) {
      return Outcome.UNCHANGED;
    }
    tags.add(instance, wanted);
    return Outcome.JOINED;
  }

  /** No deployment reaches the host, or waits for it, any more. */
  Outcome leave(String namespace) {
    var instance = instance(namespace);
    var present = tags.of(instance);
    if (present.isEmpty()) {
      return Outcome.UNREGISTERED;
    }
    if (!environment.equals(present.get().get(ENVIRONMENT))) {
      return Outcome.UNCHANGED;
    }
    tags.remove(instance, Map.of(ENVIRONMENT, environment));
    return Outcome.LEFT;
  }
}
