package io.kodedeploy.simulator.kubernetes;

import java.util.List;
import java.util.Set;

/**
 * A kind of object that the API serves.
 *
 * @param group empty for the core group
 * @param traits what the kind has besides its own fields
 */
record ResourceKind(
    String group,
    String version,
    String plural,
    String kind,
    boolean namespaced,
    Set<Trait> traits,
    List<String> shortNames) {

  /** What a kind has besides its own fields. */
  enum Trait {
    /** A status that only the status subresource changes. */
    STATUS,
    /** A scale subresource. */
    SCALE,
    /** Part of {@code kubectl get all}. */
    ALL
  }

  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** As messages name it: {@code deployments.apps}. */
  String qualified() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  String singular() {
    return kind.toLowerCase(java.util.Locale.ROOT);
  }

  boolean has(Trait trait) {
    return traits.contains(trait);
  }

  /** Kinds whose changes count up {@code metadata.generation}. */
  boolean hasGeneration() {
    return switch (kind) {
      case "Deployment",
          "ReplicaSet",
          "StatefulSet",
          "DaemonSet",
          "Job",
          "CronJob",
          "Ingress",
          "NetworkPolicy",
          "PodDisruptionBudget",
          "ReplicationController" ->
          true;
      default -> false;
    };
  }
}
