package io.kodedeploy.namespace.manifest;

import java.util.List;
import java.util.Set;

/**
 * When an object is written: definitions and what else belongs to the whole cluster, what workloads
 * need, the workloads, everything that builds on them.
 */
public enum Stage {
  DEFINITIONS,
  PREREQUISITES,
  WORKLOADS,
  REST;

  /** Order among the objects of the whole cluster; custom ones come with the rest. */
  private static final List<String> CLUSTER_KINDS =
      List.of(
          "CustomResourceDefinition",
          "Namespace",
          "PriorityClass",
          "StorageClass",
          "ClusterRole",
          "ClusterRoleBinding");

  private static final List<String> PREREQUISITE_KINDS =
      List.of(
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

  /** Groups of Kubernetes itself whose kinds the lists name. */
  private static final Set<String> GROUPS =
      Set.of(
          "",
          "apiextensions.k8s.io",
          "apps",
          "batch",
          "networking.k8s.io",
          "rbac.authorization.k8s.io",
          "scheduling.k8s.io",
          "storage.k8s.io");

  /** The stage of an object; a custom kind of the same name as a built-in one is not that one. */
  public static Stage of(ObjectKey key) {
    if (!GROUPS.contains(key.group())) {
      return REST;
    }
    if (CLUSTER_KINDS.contains(key.kind())) {
      return DEFINITIONS;
    }
    if (PREREQUISITE_KINDS.contains(key.kind())) {
      return PREREQUISITES;
    }
    return WORKLOAD_KINDS.contains(key.kind()) ? WORKLOADS : REST;
  }

  /** Place of the kind inside its stage. */
  public int rank(ObjectKey key) {
    return switch (this) {
      case DEFINITIONS -> CLUSTER_KINDS.indexOf(key.kind());
      case PREREQUISITES -> PREREQUISITE_KINDS.indexOf(key.kind());
      case WORKLOADS -> WORKLOAD_KINDS.indexOf(key.kind());
      case REST -> 0;
    };
  }
}
