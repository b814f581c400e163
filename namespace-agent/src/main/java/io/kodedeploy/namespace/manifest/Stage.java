package io.kodedeploy.namespace.manifest;

import java.util.List;
import java.util.Set;

/**
 * When an object is written: what workloads need, the workloads, everything that builds on them.
 */
public enum Stage {
  PREREQUISITES,
  WORKLOADS,
  REST;

  private static final List<String> PREREQUISITE_KINDS =
      List.of(
          "CustomResourceDefinition",
          "ResourceQuota",
          "LimitRange",
          "NetworkPolicy",
          "ServiceAccount",
          "Role",
          "RoleBinding",
          "Secret",
          "ConfigMap",
          "PersistentVolumeClaim",
          "Service");

  private static final List<String> WORKLOAD_KINDS =
      List.of(
          "DaemonSet",
          "Pod",
          "ReplicationController",
          "ReplicaSet",
          "Deployment",
          "StatefulSet",
          "Job",
          "CronJob");

  /** Groups of Kubernetes itself whose kinds the two lists name. */
  private static final Set<String> GROUPS =
      Set.of("", "apps", "batch", "networking.k8s.io", "rbac.authorization.k8s.io");

  /** The stage of an object; a custom kind of the same name as a built-in one is not that one. */
  static Stage of(ObjectKey key) {
    if (!GROUPS.contains(key.group())) {
      return REST;
    }
    if (PREREQUISITE_KINDS.contains(key.kind())) {
      return PREREQUISITES;
    }
    return WORKLOAD_KINDS.contains(key.kind()) ? WORKLOADS : REST;
  }

  /** Place of the kind inside its stage. */
  int rank(ObjectKey key) {
    return switch (this) {
      case PREREQUISITES -> PREREQUISITE_KINDS.indexOf(key.kind());
      case WORKLOADS -> WORKLOAD_KINDS.indexOf(key.kind());
      case REST -> 0;
    };
  }
}
