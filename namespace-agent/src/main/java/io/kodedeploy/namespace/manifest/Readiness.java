package io.kodedeploy.namespace.manifest;

import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Whether an object does what it is there for. The rules are those of kstatus
 * (sigs.k8s.io/cli-utils, pkg/kstatus/status), with one exception: a Job is ready when it is
 * complete, as in Flux and Helm, since a migration that fails must fail its deployment.
 */
public sealed interface Readiness {
  /** It works as written. */
  record Ready() implements Readiness {
    @Override
    public String reason() {
      return "ready";
    }
  }

  /** It may still become ready by itself. */
  record InProgress(String reason) implements Readiness {}

  /** It does not become ready by itself. */
  record Failed(String reason) implements Readiness {}

  /** In one line. */
  String reason();

  /** Built-in kinds that nobody has to work on: they are ready once they are written. */
  Set<String> BY_EXISTENCE =
      Set.of(
          "/ConfigMap",
          "/Secret",
          "/ServiceAccount",
          "/Endpoints",
          "/LimitRange",
          "/PodTemplate",
          "batch/CronJob",
          "discovery.k8s.io/EndpointSlice",
          "networking.k8s.io/Ingress",
          "networking.k8s.io/IngressClass",
          "networking.k8s.io/NetworkPolicy",
          "rbac.authorization.k8s.io/Role",
          "rbac.authorization.k8s.io/RoleBinding",
          "rbac.authorization.k8s.io/ClusterRole",
          "rbac.authorization.k8s.io/ClusterRoleBinding",
          "scheduling.k8s.io/PriorityClass",
          "storage.k8s.io/StorageClass");

  /** Whether an object is ready as soon as it exists. */
  static boolean byExistence(ObjectKey key) {
    return BY_EXISTENCE.contains(key.group() + "/" + key.kind());
  }

  /** Reads an object as the API server returned it. */
  static Readiness of(JsonNode object) {
    if (object.path("metadata").hasNonNull("deletionTimestamp")) {
      return new InProgress("is being deleted");
    }
    var generation = object.path("metadata").path("generation").asLong(0);
    var observed = object.path("status").get("observedGeneration");
    if (observed != null && observed.asLong() < generation) {
      return new InProgress("its controller has not seen the change yet");
    }
    var group = ObjectKey.of(object.path("apiVersion").asString(), "", "", "").group();
    return switch (group + "/" + object.path("kind").asString()) {
      case "apps/Deployment" -> WorkloadReadiness.deployment(object);
      case "apps/StatefulSet" -> WorkloadReadiness.statefulSet(object);
      case "apps/DaemonSet" -> WorkloadReadiness.daemonSet(object);
      case "apps/ReplicaSet" -> WorkloadReadiness.replicaSet(object);
      case "batch/Job" -> WorkloadReadiness.job(object);
      case "/Pod" -> WorkloadReadiness.pod(object);
      case "/PersistentVolumeClaim" -> {
        var phase = object.path("status").path("phase").asString("Pending");
        yield phase.equals("Bound") ? new Ready() : new InProgress("claim is " + phase);
      }
      case "/ReplicationController" -> WorkloadReadiness.replicaSet(object);
      case "apiextensions.k8s.io/CustomResourceDefinition" -> definition(object);
      case "/Service" -> {
        var spec = object.path("spec");
        yield spec.path("type").asString().equals("LoadBalancer")
                && spec.path("clusterIP").asString("").isEmpty()
            ? new InProgress("no cluster address yet")
            : new Ready();
      }
      default -> generic(object);
    };
  }

  private static Readiness definition(JsonNode object) {
    var refused = condition(object, "NamesAccepted");
    if (refused.filter(names -> names.path("status").asString().equals("False")).isPresent()) {
      return new Failed(text(refused.get()));
    }
    return condition(object, "Established").filter(Readiness::isTrue).isPresent()
        ? new Ready()
        : new InProgress("the definition is not established yet");
  }

  private static Readiness generic(JsonNode object) {
    var stalled = condition(object, "Stalled");
    if (stalled.filter(Readiness::isTrue).isPresent()) {
      return new Failed(text(stalled.get()));
    }
    var reconciling = condition(object, "Reconciling");
    if (reconciling.filter(Readiness::isTrue).isPresent()) {
      return new InProgress(text(reconciling.get()));
    }
    return condition(object, "Ready")
        .filter(ready -> !isTrue(ready))
        .<Readiness>map(ready -> new InProgress(text(ready)))
        .orElseGet(Ready::new);
  }

  /** A condition of the status, by its type. */
  static Optional<JsonNode> condition(JsonNode object, String type) {
    for (var condition : object.path("status").path("conditions")) {
      if (condition.path("type").asString().equals(type)) {
        return Optional.of(condition);
      }
    }
    return Optional.empty();
  }

  /** Whether a condition holds. */
  static boolean isTrue(JsonNode condition) {
    return condition.path("status").asString().equals("True");
  }

  /** A condition's reason and message in one line. */
  static String text(JsonNode condition) {
    var reason = condition.path("reason").asString("");
    var message = condition.path("message").asString("");
    if (reason.isEmpty() && message.isEmpty()) {
      return condition.path("type").asString() + " is " + condition.path("status").asString();
    }
    return message.isEmpty() ? reason : reason.isEmpty() ? message : reason + ": " + message;
  }
}
