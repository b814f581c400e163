package io.kodedeploy.namespace.run;

import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.run.JobEnd.Failed;
import io.kodedeploy.namespace.run.JobEnd.Succeeded;
import io.kodedeploy.namespace.run.JobState.Ended;
import io.kodedeploy.namespace.run.JobState.Running;
import io.kodedeploy.namespace.run.JobState.Stuck;
import io.kodedeploy.namespace.run.JobState.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Reads the state of a Job from what the API server says about it and its pod. Pure. Reasons are
 * those of the kubelet (pkg/kubelet/images, pkg/kubelet/kuberuntime) and of the Job controller
 * (batch/v1 types: DeadlineExceeded).
 */
final class JobView {
  /** No later attempt can mend these. */
  private static final Set<String> IMAGE_WRONG = Set.of("InvalidImageName", "ErrImageNeverPull");

  private static final Set<String> IMAGE_MISSING =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "RegistryUnavailable",
          "ImageInspectError",
          "SignatureValidationFailed");

  private static final Set<String> NOT_STARTED =
      Set.of(
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError",
          "PreCreateHookError",
          "PostStartHookError");

  /** A registry that stumbles is asked again by the kubelet, first after ten seconds. */
  private static final Duration PULL_PATIENCE = Duration.ofSeconds(30);

  private static final Duration START_PATIENCE = Duration.ofSeconds(20);
  private static final Duration POD_PATIENCE = Duration.ofSeconds(30);
  private static final int LINE_LENGTH = 400;

  private final JsonNode job;
  private final JsonNode pod;
  private final Instant now;

  private JobView(JsonNode job, JsonNode pod, Instant now) {
    this.job = job;
    this.pod = pod;
    this.now = now;
  }

  /**
   * Looks.
   *
   * @param pods the Job's own
   * @param complaints of the Job controller, when it cannot make a pod; the newest last
   */
  static JobState of(JsonNode job, List<JsonNode> pods, List<String> complaints, Instant now) {
    var pod = pods.stream().max(Comparator.comparing(JobView::created));
    return new JobView(job, pod.orElse(MissingNode.getInstance()), now).state(complaints);
  }

  private JobState state(List<String> complaints) {
    if (condition(job, "Complete") || condition(job, "SuccessCriteriaMet")) {
      return new Ended(podName(), new Succeeded());
    }
    var deadline = deadline();
    if (deadline.isPresent()) {
      return new Ended(podName(), deadline.get());
    }
    if (pod.isMissingNode()) {
      return withoutPod(complaints);
    }
    var end = end();
    if (end.isPresent()) {
      return new Ended(podName(), end.get());
    }
    return begins();
  }

  private JobState withoutPod(List<String> complaints) {
    for (var type : List.of("Failed", "FailureTarget")) {
      if (condition(job, type)) {
        return new Ended(
            "",
            new Failed(
                ErrorCode.RUN_EVICTED, -1, "the Job failed without a pod: " + message(job, type)));
      }
    }
    if (!complaints.isEmpty()) {
      return new Stuck(
          ErrorCode.RUN_REFUSED, "no pod can be made: " + line(complaints.getLast()), POD_PATIENCE);
    }
    return new Waiting("no pod yet");
  }

  /** The Job's own deadline, said by its controller or seen in a pod that is ended for it. */
  private Optional<Failed> deadline() {
    boolean said =
        reason(job, "FailureTarget").equals("DeadlineExceeded")
            || reason(job, "Failed").equals("DeadlineExceeded");
    boolean seen =
        pod.path("metadata").has("deletionTimestamp")
            && instant(job.path("status").path("startTime"))
                .map(begin -> !now.isBefore(begin.plusSeconds(limit())))
                .orElse(false);
    return said || seen
        ? Optional.of(
            new Failed(
                ErrorCode.RUN_TIMED_OUT, -1, "not ended after its timeout of " + limit() + " s"))
        : Optional.empty();
  }

  private long limit() {
    return job.path("spec").path("activeDeadlineSeconds").asLong(0);
  }

  private Optional<JobEnd> end() {
    var fetch = terminated(JobManifest.INIT);
    var run = terminated(JobManifest.CONTAINER);
    var lost = lost();
    if (run.isObject() && run.path("exitCode").asInt(-1) == 0) {
      return Optional.of(new Succeeded());
    }
    if (lost.isPresent()) {
      return lost;
    }
    if (run.isObject()) {
      return Optional.of(ended(run));
    }
    if (fetch.isObject() && fetch.path("exitCode").asInt(-1) != 0) {
      var reason = line(fetch.path("message").asString(""));
      return Optional.of(
          new Failed(
              ErrorCode.RUN_BUNDLE_NOT_DELIVERED,
              -1,
              "the bundle's files did not reach the Job: "
                  + (reason.isEmpty() ? fetch.path("reason").asString("Error") : reason)));
    }
    return Optional.empty();
  }

  /** The pod was taken away from its command. */
  private Optional<JobEnd> lost() {
    var status = pod.path("status");
    var text = "";
    if (condition(pod, "DisruptionTarget")) {
      text = reason(pod, "DisruptionTarget") + ": " + message(pod, "DisruptionTarget");
    } else if (status.path("phase").asString("").equals("Failed") && status.has("reason")) {
      text = status.path("reason").asString("") + ": " + line(status.path("message").asString(""));
    } else if (pod.path("metadata").has("deletionTimestamp")) {
      text = "somebody deletes pod " + podName();
    }
    return text.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Failed(ErrorCode.RUN_EVICTED, -1, "the Job's pod was taken away: " + text));
  }

  private static JobEnd ended(JsonNode run) {
    int code = run.path("exitCode").asInt(-1);
    var reason = run.path("reason").asString("");
    var message = line(run.path("message").asString(""));
    return switch (reason) {
      case "OOMKilled" ->
          new Failed(
              ErrorCode.RUN_OUT_OF_MEMORY,
              code,
              "the command used more memory than it may, exit code " + code);
      case "StartError", "ContainerCannotRun" ->
          new Failed(ErrorCode.RUN_NOT_STARTED, code, "the command cannot be started: " + message);
      default ->
          new Failed(
              ErrorCode.RUN_FAILED,
              code,
              "exit code " + code + (message.isEmpty() ? "" : ": " + message));
    };
  }

  private JobState begins() {
    for (var name : List.of(JobManifest.INIT, JobManifest.CONTAINER)) {
      var waiting = container(name).path("state").path("waiting");
      var reason = waiting.path("reason").asString("");
      var text = name + ": " + reason + ": " + line(waiting.path("message").asString(""));
      if (IMAGE_WRONG.contains(reason)) {
        return new Stuck(ErrorCode.RUN_IMAGE_UNAVAILABLE, text, Duration.ZERO);
      }
      if (IMAGE_MISSING.contains(reason)) {
        return new Stuck(ErrorCode.RUN_IMAGE_UNAVAILABLE, text, PULL_PATIENCE);
      }
      if (NOT_STARTED.contains(reason)) {
        return new Stuck(ErrorCode.RUN_NOT_STARTED, text, START_PATIENCE);
      }
    }
    if (container(JobManifest.CONTAINER).path("state").has("running")) {
      return new Running(podName());
    }
    if (container(JobManifest.INIT).path("state").has("running")) {
      return new Waiting("the bundle's files are fetched");
    }
    if (reason(pod, "PodScheduled").equals("Unschedulable")) {
      return new Waiting("no node takes the pod: " + message(pod, "PodScheduled"));
    }
    return new Waiting("the pod is being started");
  }

  private JsonNode terminated(String name) {
    return container(name).path("state").path("terminated");
  }

  private JsonNode container(String name) {
    for (var list : List.of("initContainerStatuses", "containerStatuses")) {
      for (var status : pod.path("status").path(list)) {
        if (status.path("name").asString("").equals(name)) {
          return status;
        }
      }
    }
    return MissingNode.getInstance();
  }

  private String podName() {
    return pod.path("metadata").path("name").asString("");
  }

  private static boolean condition(JsonNode object, String type) {
    return find(object, type).path("status").asString("").equals("True");
  }

  /** Why a condition is as it is; of one that holds, or of a pod that is not scheduled. */
  private static String reason(JsonNode object, String type) {
    return find(object, type).path("reason").asString("");
  }

  private static String message(JsonNode object, String type) {
    return line(find(object, type).path("message").asString(""));
  }

  private static JsonNode find(JsonNode object, String type) {
    for (var condition : object.path("status").path("conditions")) {
      if (condition.path("type").asString("").equals(type)) {
        return condition;
      }
    }
    return MissingNode.getInstance();
  }

  private static String created(JsonNode pod) {
    return pod.path("metadata").path("creationTimestamp").asString("");
  }

  private static Optional<Instant> instant(JsonNode node) {
    try {
      return node.isString() ? Optional.of(Instant.parse(node.asString())) : Optional.empty();
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static String line(String text) {
    var one = text.replaceAll("\\s+", " ").strip();
    return one.length() <= LINE_LENGTH ? one : one.substring(0, LINE_LENGTH) + "...";
  }
}
