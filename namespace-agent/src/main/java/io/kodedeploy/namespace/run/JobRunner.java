package io.kodedeploy.namespace.run;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.run.BundleServer.Offered;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Runs Jobs to their end. A Job that is there already is one of a dead agent: it is gone on with,
 * or its result taken over. Safe for many threads.
 */
final class JobRunner {
  private static final Logger log = LoggerFactory.getLogger(JobRunner.class);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration GONE = Duration.ofSeconds(30);
  private static final Duration TIDY_PAUSE = Duration.ofSeconds(30);
  private static final int TIDY_ATTEMPTS = 20;

  /** Waits between two looks, so that tests need not. */
  @FunctionalInterface
  interface Pause {
    void of(Duration duration) throws InterruptedException;
  }

  private final KubernetesApi api;
  private final Jobs jobs;
  private final RunSettings settings;
  private final BundleServer bundles;
  private final Clock clock;
  private final Pause pause;

  /** Jobs whose end this process has seen: one of that name is not to be taken over any more. */
  private final Set<String> concluded = ConcurrentHashMap.newKeySet();

  /** Jobs of events that are not over, by deployment and event. */
  private final Map<String, Set<String>> begun = new ConcurrentHashMap<>();

  JobRunner(
      KubernetesApi api, RunSettings settings, BundleServer bundles, Clock clock, Pause pause) {
    this.api = api;
    this.jobs = new Jobs(api, settings.namespace());
    this.settings = settings;
    this.bundles = bundles;
    this.clock = clock;
    this.pause = pause;
  }

  /**
   * Runs a Job, which stays where it is until {@link #remove}: whoever asks again after a crash
   * gets its result and does not run it twice.
   *
   * @param output gets each line that the command prints
   * @param notes gets lines of our own
   * @throws AgentException {@code run-refused}, {@code run-unavailable}, or that of a call
   * @throws InterruptedException if it is cancelled; the Job is deleted then
   */
  JobEnd run(JobRequest request, Consumer<String> output, Consumer<String> notes)
      throws InterruptedException {
    begun
        .computeIfAbsent(
            key(request.deploymentId(), request.event()), _ -> ConcurrentHashMap.newKeySet())
        .add(request.name());
    try {
      var job = begin(request, notes);
      try (var _ = deliver(request, job)) {
        var following = new JobFollowing(api, jobs, clock, pause, request, uid(job), output, notes);
        var end = following.end();
        concluded.add(request.name());
        return end;
      }
    } catch (InterruptedException e) {
      remove(request.name());
      throw e;
    }
  }

  private JsonNode begin(JobRequest request, Consumer<String> notes) throws InterruptedException {
    var image =
        settings
            .image()
            .orElseThrow(
                () ->
                    new AgentException(
                        ErrorCode.RUN_UNAVAILABLE,
                        "no Job can be run: the agent does not know its own image (run.image)"));
    var url = request.trees().isEmpty() ? "" : bundles.url(place(request));
    var wanted = JobManifest.job(request, settings, image, url);
    var deadline = clock.instant().plus(GONE);
    while (true) {
      var made = jobs.create(wanted);
      if (made.isPresent()) {
        concluded.remove(request.name());
        notes.accept("Job " + request.name() + ": image " + request.workload().image());
        return made.get();
      }
      var found = jobs.read(request.name());
      boolean leaves = found.isPresent() && found.get().path("metadata").has("deletionTimestamp");
      if (found.isPresent() && !leaves) {
        if (!concluded.contains(request.name())) {
          return takenOver(request, found.get(), notes);
        }
        jobs.delete(request.name());
      }
      if (!clock.instant().isBefore(deadline)) {
        throw new AgentException(
            ErrorCode.RUN_REFUSED, "Job " + request.name() + " of an earlier attempt does not go");
      }
      pause.of(LOOK);
    }
  }

  private static JsonNode takenOver(JobRequest request, JsonNode job, Consumer<String> notes) {
    var labels = job.path("metadata").path("labels");
    for (var label : request.labels().entrySet()) {
      if (!labels.path(label.getKey()).asString("").equals(label.getValue())) {
        throw new AgentException(
            ErrorCode.RUN_REFUSED,
            "Job " + request.name() + " is there already and not of this deployment; delete it");
      }
    }
    notes.accept("Job " + request.name() + " of the agent before this one goes on");
    return job;
  }

  /** Secret first, then the Job may begin; the files of a Job that has them are not offered. */
  private Offered deliver(JobRequest request, JsonNode job) throws InterruptedException {
    boolean suspended = job.path("spec").path("suspend").asBoolean(false);
    var uid = uid(job);
    var offered = Offered.NOTHING;
    if (!request.trees().isEmpty() && (suspended || !fetched(uid))) {
      var token = jobs.secret(request.name(), JobManifest.TOKEN).orElseGet(JobRunner::token);
      offered = bundles.offer(place(request), token, request.trees());
      jobs.write(JobManifest.secret(request, uid, token, bundles.certificate()));
    }
    if (suspended) {
      jobs.resume(request.name());
    }
    return offered;
  }

  /** Never another namespace's, whatever a Job is called. */
  private String place(JobRequest request) {
    return settings.namespace() + "/" + request.name();
  }

  private boolean fetched(String uid) throws InterruptedException {
    for (var pod : jobs.pods(uid)) {
      for (var init : pod.path("status").path("initContainerStatuses")) {
        if (init.path("state").has("terminated")) {
          return true;
        }
      }
    }
    return false;
  }

  private static String token() {
    var bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static String uid(JsonNode job) {
    return job.path("metadata").path("uid").asString("");
  }

  /** Deletes a Job with all that is its own; its command gets SIGTERM. Never fails. */
  void remove(String name) throws InterruptedException {
    try {
      jobs.delete(name);
      concluded.remove(name);
    } catch (AgentException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("name", name)
          .log("a job cannot be deleted, Kubernetes does it an hour after its end");
    }
  }

  /** Deletes the Jobs of an event that is over. Never fails. */
  void settled(String deploymentId, String event) throws InterruptedException {
    var names = begun.remove(key(deploymentId, event));
    for (var name : names == null ? Set.<String>of() : names) {
      remove(name);
    }
  }

  private static String key(String deploymentId, String event) {
    return deploymentId + "/" + event;
  }

  /** Deletes Jobs of scripts that no live agent waits for. Asks until it gets an answer. */
  void removeLeftOvers() {
    var selector = JobRequest.PURPOSE_LABEL + "=" + JobRequest.Purpose.DOCKER.label();
    try {
      for (int attempt = 0; attempt < TIDY_ATTEMPTS; attempt++) {
        try {
          for (var name : jobs.withLabels(selector)) {
            if (begun.values().stream().noneMatch(names -> names.contains(name))) {
              remove(name);
            }
          }
          return;
        } catch (AgentException e) {
          log.atWarn().setCause(e).log("jobs of an earlier agent cannot be listed");
          Thread.sleep(TIDY_PAUSE);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
