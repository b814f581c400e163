package io.kodedeploy.simulator.kubernetes;

import static io.kodedeploy.simulator.kubernetes.ResourceKind.Trait.ALL;
import static io.kodedeploy.simulator.kubernetes.ResourceKind.Trait.SCALE;
import static io.kodedeploy.simulator.kubernetes.ResourceKind.Trait.STATUS;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Every kind that the API serves, with the short names of Kubernetes 1.34. */
final class ResourceCatalog {
  static final ResourceKind NAMESPACE = cluster("", "v1", "namespaces", "Namespace", "ns");
  static final ResourceKind NODE = cluster("", "v1", "nodes", "Node", "no");
  static final ResourceKind POD = in("", "v1", "pods", "Pod", Set.of(STATUS, ALL), "po");
  static final ResourceKind SERVICE =
      in("", "v1", "services", "Service", Set.of(STATUS, ALL), "svc");
  static final ResourceKind SERVICE_ACCOUNT =
      plain("", "v1", "serviceaccounts", "ServiceAccount", "sa");
  static final ResourceKind DEPLOYMENT = workload("deployments", "Deployment", true, "deploy");
  static final ResourceKind REPLICA_SET = workload("replicasets", "ReplicaSet", true, "rs");
  static final ResourceKind STATEFUL_SET = workload("statefulsets", "StatefulSet", true, "sts");
  static final ResourceKind DAEMON_SET = workload("daemonsets", "DaemonSet", false, "ds");
  static final ResourceKind JOB = in("batch", "v1", "jobs", "Job", Set.of(STATUS, ALL));
  static final ResourceKind CRON_JOB =
      in("batch", "v1", "cronjobs", "CronJob", Set.of(STATUS, ALL), "cj");
  static final ResourceKind CLAIM =
      in("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", Set.of(STATUS), "pvc");
  static final ResourceKind DISRUPTION_BUDGET =
      in("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", Set.of(STATUS), "pdb");

  private static final List<ResourceKind> KINDS =
      List.of(
          NAMESPACE,
          NODE,
          POD,
          SERVICE,
          SERVICE_ACCOUNT,
          plain("", "v1", "configmaps", "ConfigMap", "cm"),
          plain("", "v1", "secrets", "Secret"),
          plain("", "v1", "events", "Event", "ev"),
          plain("", "v1", "endpoints", "Endpoints", "ep"),
          plain("", "v1", "limitranges", "LimitRange", "limits"),
          plain("", "v1", "podtemplates", "PodTemplate"),
          in("", "v1", "resourcequotas", "ResourceQuota", Set.of(STATUS), "quota"),
          in(
              "",
              "v1",
              "replicationcontrollers",
              "ReplicationController",
              Set.of(STATUS, SCALE, ALL),
              "rc"),
          CLAIM,
          cluster("", "v1", "persistentvolumes", "PersistentVolume", "pv"),
          DEPLOYMENT,
          REPLICA_SET,
          STATEFUL_SET,
          DAEMON_SET,
          plain("apps", "v1", "controllerrevisions", "ControllerRevision"),
          JOB,
          CRON_JOB,
          in("networking.k8s.io", "v1", "ingresses", "Ingress", Set.of(STATUS), "ing"),
          plain("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", "netpol"),
          cluster("networking.k8s.io", "v1", "ingressclasses", "IngressClass"),
          DISRUPTION_BUDGET,
          plain("coordination.k8s.io", "v1", "leases", "Lease"),
          plain("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"),
          in(
              "autoscaling",
              "v2",
              "horizontalpodautoscalers",
              "HorizontalPodAutoscaler",
              Set.of(STATUS, ALL),
              "hpa"),
          plain("events.k8s.io", "v1", "events", "Event", "ev"),
          plain("rbac.authorization.k8s.io", "v1", "roles", "Role"),
          plain("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
          cluster("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole"),
          cluster("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding"));

  private ResourceCatalog() {}

  static List<ResourceKind> kinds() {
    return KINDS;
  }

  static Optional<ResourceKind> find(String group, String version, String plural) {
    return KINDS.stream()
        .filter(k -> k.group().equals(group) && k.version().equals(version))
        .filter(k -> k.plural().equals(plural))
        .findFirst();
  }

  /** The named groups with their one version each, in the order of discovery. */
  static List<ResourceKind> oneOfEachGroup() {
    return KINDS.stream()
        .filter(k -> !k.group().isEmpty())
        .collect(
            java.util.stream.Collectors.toMap(
                ResourceKind::group, k -> k, (first, _) -> first, java.util.LinkedHashMap::new))
        .values()
        .stream()
        .toList();
  }

  private static ResourceKind workload(
      String plural, String kind, boolean scales, String shortName) {
    return in(
        "apps",
        "v1",
        plural,
        kind,
        scales ? Set.of(STATUS, SCALE, ALL) : Set.of(STATUS, ALL),
        shortName);
  }

  private static ResourceKind plain(
      String group, String version, String plural, String kind, String... shortNames) {
    return in(group, version, plural, kind, Set.of(), shortNames);
  }

  private static ResourceKind in(
      String group,
      String version,
      String plural,
      String kind,
      Set<ResourceKind.Trait> traits,
      String... shortNames) {
    return new ResourceKind(group, version, plural, kind, true, traits, List.of(shortNames));
  }

  private static ResourceKind cluster(
      String group, String version, String plural, String kind, String... shortNames) {
    var traits =
        Set.of("namespaces", "nodes", "persistentvolumes").contains(plural)
            ? Set.of(STATUS)
            : Set.<ResourceKind.Trait>of();
    return new ResourceKind(group, version, plural, kind, false, traits, List.of(shortNames));
  }
}
