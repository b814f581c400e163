package io.kodedeploy.namespace.manifest;

import static io.kodedeploy.namespace.manifest.Readiness.condition;
import static io.kodedeploy.namespace.manifest.Readiness.isTrue;
import static io.kodedeploy.namespace.manifest.Readiness.text;

import io.kodedeploy.namespace.manifest.Readiness.Failed;
import io.kodedeploy.namespace.manifest.Readiness.InProgress;
import io.kodedeploy.namespace.manifest.Readiness.Ready;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The rules of the kinds that run pods. */
final class WorkloadReadiness {
  private WorkloadReadiness() {}

  static Readiness deployment(JsonNode object) {
    var progressing = condition(object, "Progressing");
    if (progressing
        .filter(c -> c.path("reason").asString().equals("ProgressDeadlineExceeded"))
        .isPresent()) {
      return new Failed(text(progressing.get()));
    }
    var wanted = wanted(object);
    var status = object.path("status");
    if (!status.has("observedGeneration")) {
      return new InProgress("its controller has not seen it yet");
    }
    if (count(status, "updatedReplicas") < wanted) {
      return new InProgress(
          count(status, "updatedReplicas") + " of " + wanted + " pods are of this revision");
    }
    if (count(status, "replicas") > wanted) {
      return new InProgress(
          (count(status, "replicas") - wanted) + " pods of the old revision are ending");
    }
    if (count(status, "availableReplicas") < wanted) {
      return new InProgress(
          count(status, "availableReplicas") + " of " + wanted + " pods are available");
    }
    return condition(object, "Available")
        .filter(available -> !isTrue(available))
        .<Readiness>map(available -> new InProgress(text(available)))
        .orElseGet(Ready::new);
  }

  static Readiness statefulSet(JsonNode object) {
    var strategy = object.path("spec").path("updateStrategy");
    if (strategy.path("type").asString().equals("OnDelete")) {
      return new Ready();
    }
    var wanted = wanted(object);
    var status = object.path("status");
    if (!status.has("observedGeneration")) {
      return new InProgress("its controller has not seen it yet");
    }
    if (count(status, "replicas") < wanted || count(status, "readyReplicas") < wanted) {
      return new InProgress(count(status, "readyReplicas") + " of " + wanted + " pods are ready");
    }
    if (count(status, "replicas") > wanted) {
      return new InProgress((count(status, "replicas") - wanted) + " pods are ending");
    }
    var partition = strategy.path("rollingUpdate").path("partition").asInt(0);
    if (partition > 0) {
      var updated = count(status, "updatedReplicas");
      return updated < wanted - partition
          ? new InProgress(updated + " of " + (wanted - partition) + " pods are of this revision")
          : new Ready();
    }
    return status
            .path("currentRevision")
            .asString("")
            .equals(status.path("updateRevision").asString(""))
        ? new Ready()
        : new InProgress(
            count(status, "updatedReplicas") + " of " + wanted + " pods are of this revision");
  }

  static Readiness daemonSet(JsonNode object) {
    var status = object.path("status");
    if (!status.has("observedGeneration")) {
      return new InProgress("its controller has not seen it yet");
    }
    var wanted = count(status, "desiredNumberScheduled");
    if (count(status, "currentNumberScheduled") < wanted) {
      return new InProgress(
          count(status, "currentNumberScheduled") + " of " + wanted + " nodes have their pod");
    }
    if (count(status, "updatedNumberScheduled") < wanted) {
      return new InProgress(
          count(status, "updatedNumberScheduled") + " of " + wanted + " pods are of this revision");
    }
    return count(status, "numberAvailable") < wanted
        ? new InProgress(count(status, "numberAvailable") + " of " + wanted + " pods are available")
        : new Ready();
  }

  static Readiness replicaSet(JsonNode object) {
    var status = object.path("status");
    var failure = condition(object, "ReplicaFailure");
    if (failure.filter(Readiness::isTrue).isPresent()) {
      return new InProgress(text(failure.get()));
    }
    if (count(status, "replicas") > wanted(object)) {
      return new InProgress((count(status, "replicas") - wanted(object)) + " pods are ending");
    }
    return count(status, "availableReplicas") < wanted(object)
        ? new InProgress(
            count(status, "availableReplicas") + " of " + wanted(object) + " pods are available")
        : new Ready();
  }

  static Readiness job(JsonNode object) {
    var failed = condition(object, "Failed");
    if (failed.filter(Readiness::isTrue).isPresent()) {
      return new Failed(text(failed.get()));
    }
    if (condition(object, "Complete").filter(Readiness::isTrue).isPresent()
        || condition(object, "Suspended").filter(Readiness::isTrue).isPresent()) {
      return new Ready();
    }
    var status = object.path("status");
    return status.hasNonNull("startTime")
        ? new InProgress(
            "job runs, "
                + count(status, "succeeded")
                + " pods succeeded, "
                + count(status, "failed")
                + " failed")
        : new InProgress("job has not started");
  }

  static Readiness pod(JsonNode object) {
    var phase = object.path("status").path("phase").asString("Pending");
    return switch (phase) {
      case "Succeeded" -> new Ready();
      case "Failed" ->
          new Failed("pod failed: " + object.path("status").path("message").asString(""));
      case "Running" ->
          condition(object, "Ready").filter(Readiness::isTrue).isPresent()
              ? new Ready()
              : crashLoop(object).orElseGet(() -> new InProgress("pod runs, but is not ready"));
      default -> crashLoop(object).orElseGet(() -> new InProgress("pod is " + phase));
    };
  }

  private static Optional<Readiness> crashLoop(JsonNode pod) {
    for (var list : List.of("initContainerStatuses", "containerStatuses")) {
      for (var container : pod.path("status").path(list)) {
        var reason = container.path("state").path("waiting").path("reason").asString("");
        if (reason.equals("CrashLoopBackOff")) {
          return Optional.of(
              new Failed(
                  "container " + container.path("name").asString("") + " crashes again and again"));
        }
      }
    }
    return Optional.empty();
  }

  private static int wanted(JsonNode object) {
    return object.path("spec").path("replicas").asInt(1);
  }

  private static int count(JsonNode status, String member) {
    return status.path(member).asInt(0);
  }
}
