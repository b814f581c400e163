package io.kodedeploy.namespace.run;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.run.JobEnd.Failed;
import io.kodedeploy.namespace.run.JobRunner.Pause;
import io.kodedeploy.namespace.run.JobState.Ended;
import io.kodedeploy.namespace.run.JobState.Running;
import io.kodedeploy.namespace.run.JobState.Stuck;
import io.kodedeploy.namespace.run.JobState.Waiting;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One Job that is watched to its end. Of one thread. */
final class JobFollowing {
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration LOG_END = Duration.ofSeconds(10);

  /** Beyond the Job's own deadline: how long the API server or its controllers may be away. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final KubernetesApi api;
  private final Jobs jobs;
  private final Clock clock;
  private final Pause pause;
  private final JobRequest request;
  private final String uid;
  private final Consumer<String> output;
  private final Consumer<String> notes;
  private final Instant deadline;
  private Optional<JobLog> reader = Optional.empty();
  private Optional<Stuck> stuck = Optional.empty();
  private Instant stuckSince = Instant.EPOCH;
  private String said = "";

  /**
   * A Job that is there.
   *
   * @param uid of the Job: another one of its name is not it
   * @param output gets each line that the command prints
   * @param notes gets lines of our own
   */
  JobFollowing(
      KubernetesApi api,
      Jobs jobs,
      Clock clock,
      Pause pause,
      JobRequest request,
      String uid,
      Consumer<String> output,
      Consumer<String> notes) {
    this.api = api;
    this.jobs = jobs;
    this.clock = clock;
    this.pause = pause;
    this.request = request;
    this.uid = uid;
    this.output = output;
    this.notes = notes;
    this.deadline = clock.instant().plus(request.timeout()).plus(PATIENCE);
  }

  /** Watches until the Job has ended, one way or another. */
  JobEnd end() throws InterruptedException {
    try {
      while (true) {
        var end = look();
        if (end.isPresent()) {
          return end.get();
        }
        pause.of(LOOK);
      }
    } finally {
      reader.ifPresent(JobLog::close);
    }
  }

  private Optional<JobEnd> look() throws InterruptedException {
    JobState state;
    try {
      state = state();
    } catch (AgentException e) {
      if (!e.code().retryable()) {
        throw e;
      }
      state = new Waiting(e.getMessage());
    }
    switch (state) {
      case Waiting(var reason) -> {
        stuck = Optional.empty();
        say("waiting: " + reason);
      }
      case Running(var pod) -> {
        stuck = Optional.empty();
        say("running in pod " + pod);
        read(pod);
      }
      case Stuck now -> {
        say(now.reason());
        if (stuck.isEmpty() || stuck.get().code() != now.code()) {
          stuck = Optional.of(now);
          stuckSince = clock.instant();
        }
        if (!clock.instant().isBefore(stuckSince.plus(now.patience()))) {
          return Optional.of(failed(now.code(), now.reason()));
        }
      }
      case Ended(var pod, var end) -> {
        if (!pod.isEmpty()) {
          read(pod);
        }
        if (reader.isPresent()) {
          reader.get().end(LOG_END);
        }
        return Optional.of(end instanceof Failed failed ? explained(failed) : end);
      }
    }
    return clock.instant().isBefore(deadline)
        ? Optional.empty()
        : Optional.of(
            failed(
                ErrorCode.RUN_TIMED_OUT,
                "not ended after its timeout of " + request.timeout().toSeconds() + " s, " + said));
  }

  private JobState state() throws InterruptedException {
    var now = jobs.read(request.name());
    if (now.isEmpty() || !now.get().path("metadata").path("uid").asString("").equals(uid)) {
      return new Ended("", failed(ErrorCode.RUN_EVICTED, "somebody deleted the Job while it ran"));
    }
    var pods = jobs.pods(uid);
    var complaints = pods.isEmpty() ? jobs.complaints(request.name()) : List.<String>of();
    return JobView.of(now.get(), pods, complaints, clock.instant());
  }

  /** A Job that ran out of time while it waited says for what. */
  private Failed explained(Failed failed) {
    return failed.code() == ErrorCode.RUN_TIMED_OUT && !said.isEmpty()
        ? new Failed(failed.code(), failed.exitCode(), failed.message() + ", " + said)
        : failed;
  }

  private Failed failed(ErrorCode code, String message) {
    return new Failed(code, -1, message);
  }

  private void read(String pod) {
    if (reader.isEmpty()) {
      reader = Optional.of(JobLog.follow(api, jobs.pod(pod), output));
    }
  }

  private void say(String text) {
    if (!text.equals(said)) {
      said = text;
      notes.accept(text);
    }
  }
}
