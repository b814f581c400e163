package io.kodedeploy.namespace.manifest;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Whether an object does what it is there for. The rules are those of kstatus
 * (sigs.k8s.io/cli-utils, pkg/kstatus/status), with one exception: a Job is ready when it is
 * complete, as in Flux and Helm, since a migration that fails must fail its deployment.
 */
public sealed interface Readiness {
  /** It works as written. */
  record Ready() implements Readiness {}

  /** It may still become ready by itself. */
  record InProgress(String reason) implements Readiness {}

  /** It does not become ready by itself. */
  record Failed(String reason) implements Readiness {}

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
