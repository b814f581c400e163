package io.kodedeploy.simulator.kubernetes;

import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.JOB;
import static io.kodedeploy.simulator.kubernetes.ResourceCatalog.POD;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs Jobs. No container is executed: a pod of a Job succeeds after its start-up delay, or never
 * starts when its image is broken.
 */
final class JobController implements Controller {
  private final ObjectStore store;
  private final ObjectVerbs verbs;
  private final OwnedObjects owned;
  private final SimulatorClock clock;
  private final ControllerLoop loop;

  JobController(
      ObjectStore store,
      ObjectVerbs verbs,
      OwnedObjects owned,
      SimulatorClock clock,
      ControllerLoop loop) {
    this.store = store;
    this.verbs = verbs;
    this.owned = owned;
    this.clock = clock;
    this.loop = loop;
  }

  @Override
  public Stream<Target> concerns(StoreEvent event) {
    return event.kind().equals(JOB)
        ? Stream.of(Target.of(event))
        : event.kind().equals(POD) ? Target.ownersOf(event, JOB) : Stream.empty();
  }

  @Override
  public void reconcile(Target target) {
    store
        .get(JOB, target.namespace(), target.name())
        .filter(job -> !ObjectTree.deleting(job))
        .ifPresent(job -> reconcile(target, job));
  }

  private void reconcile(Target target, ObjectNode job) {
    if (finished(job)) {
      expire(target, job);
      return;
    }
    var pods = owned.livePods(job);
    var succeeded = (int) pods.stream().filter(JobController::succeeded).count();
    var active = pods.size() - succeeded;
    var wanted = ObjectTree.number(job, 1, "spec", "completions");
    var parallel = ObjectTree.number(job, 1, "spec", "parallelism");
    var overdue = overdue(target, job);
    var suspended = ObjectTree.at(job, "spec", "suspend").asBoolean(false);
    if (overdue || suspended) {
      pods.stream().filter(pod -> !succeeded(pod)).forEach(pod -> owned.delete(POD, pod));
      active = 0;
    } else {
      for (; active < parallel && active + succeeded < wanted; active++) {
        var labels =
            Map.of(
                "batch.kubernetes.io/job-name", ObjectTree.name(job),
                "job-name", ObjectTree.name(job));
        owned.createPod(JOB, job, ObjectTree.name(job) + "-" + verbs.suffix(), labels);
      }
    }
    report(target, active, succeeded, succeeded >= wanted, overdue);
  }

  private void report(Target target, int active, int succeeded, boolean complete, boolean overdue) {
    var now = clock.now();
    verbs.change(
        JOB,
        target.namespace(),
        target.name(),
        WriteOptions.CONTROLLER_STATUS,
        live -> {
          var status = ObjectTree.child(live, "status");
          var time = now.truncatedTo(ChronoUnit.SECONDS).toString();
          if (!status.has("startTime")) {
            status.put("startTime", time);
          }
          status.put("active", active).put("ready", 0).put("succeeded", succeeded);
          if (complete) {
            status.put("completionTime", time);
            Conditions.set(status, now, "SuccessCriteriaMet", true, "CompletionsReached", "");
            Conditions.set(status, now, "Complete", true, "CompletionsReached", "");
          } else if (overdue) {
            var message = "Job was active longer than specified deadline";
            Conditions.set(status, now, "FailureTarget", true, "DeadlineExceeded", message);
            Conditions.set(status, now, "Failed", true, "DeadlineExceeded", message);
          }
          return live;
        });
  }

  private boolean overdue(Target target, ObjectNode job) {
    var deadline = ObjectTree.number(job, 0, "spec", "activeDeadlineSeconds");
    if (deadline <= 0) {
      return false;
    }
    var started = ObjectTree.text(job, "status", "startTime");
    if (started.isEmpty()) {
      loop.enqueueAfter(Duration.ofSeconds(deadline + 1L), this, target);
      return false;
    }
    return clock.now().isAfter(Instant.parse(started).plusSeconds(deadline));
  }

  /** {@code ttlSecondsAfterFinished}. */
  private void expire(Target target, ObjectNode job) {
    var ttl = ObjectTree.at(job, "spec", "ttlSecondsAfterFinished");
    var ended = ObjectTree.text(job, "status", "completionTime");
    if (!ttl.isNumber() || ended.isEmpty()) {
      return;
    }
    var left = Duration.between(clock.now(), Instant.parse(ended).plusSeconds(ttl.asInt(0)));
    if (left.isPositive()) {
      loop.enqueueAfter(left, this, target);
    } else {
      owned.delete(JOB, job);
    }
  }

  private static boolean finished(ObjectNode job) {
    return Stream.of("Complete", "Failed")
        .flatMap(type -> Conditions.find(job.path("status"), type).stream())
        .anyMatch(condition -> ObjectTree.text(condition, "status").equals("True"));
  }

  private static boolean succeeded(ObjectNode pod) {
    return ObjectTree.text(pod, "status", "phase").equals("Succeeded");
  }
}
