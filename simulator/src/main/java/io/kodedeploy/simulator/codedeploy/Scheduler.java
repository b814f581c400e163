package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.codedeploy.Target.Status;
import io.kodedeploy.simulator.time.SimulatorClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs deployments: resolves the fleet, keeps the minimum of healthy hosts, walks each target
 * through its events. Every method is called under the lock of {@link State}; timers take it.
 */
final class Scheduler implements HostCommands.Listener {
  private static final Logger log = LoggerFactory.getLogger(Scheduler.class);

  /** From the answer to CreateDeployment to the resolved fleet (2.4: under a second). */
  static final Duration START_DELAY = Duration.ofMillis(100);

  private static final Duration PICK_UP = Duration.ofMinutes(5);
  private static final Duration COMPLETION = Duration.ofHours(1);
  private static final Duration TOTAL = Duration.ofHours(12);
  private static final int MOST_INSTANCES = 2000;

  private final State state;
  private final SimulatorClock clock;
  private final HostCommands commands;
  private final Fleet fleet;
  private final TrafficSteps traffic;
  private final Endings endings;

  Scheduler(State state, HostCommands commands, Fleet fleet, TrafficControl traffic) {
    this.state = state;
    this.clock = state.clock;
    this.commands = commands;
    this.fleet = fleet;
    this.traffic = new TrafficSteps(state, traffic, this::eventEnded);
    this.endings = new Endings(state, this::created);
    commands.connect(this);
  }

  /** Takes a new deployment on. */
  void created(Deployment deployment) {
    deployment.group.active = deployment;
    deployment.group.lastAttempted = deployment;
    state.deployments.put(deployment.id, deployment);
    later(deployment, START_DELAY, () -> start(deployment));
  }

  /** Runs a task under the lock, unless the deployment was forgotten by a reset meanwhile. */
  private SimulatorClock.Timer later(Deployment deployment, Duration delay, Runnable task) {
    return clock.schedule(
        delay,
        () -> {
          synchronized (state) {
            if (state.deployments.get(deployment.id) == deployment) {
              task.run();
            }
          }
        });
  }

  private void start(Deployment deployment) {
    if (deployment.status.terminal) {
      return;
    }
    var order = deployment.order;
    // Tags and groups are read now, everything else was fixed at creation (2.3).
    var members = fleet.resolve(deployment.group.settings, order.region());
    if (order.updateOutdatedInstancesOnly()) {
      members = Fleet.outdated(members, deployment.group, order.revision());
    }
    if (members.isEmpty()) {
      endings.fail(
          deployment,
          "NO_INSTANCES",
          "The deployment failed because no instances were found for your deployment group. Check"
              + " your deployment group settings to make sure the tags for your EC2 instances or"
              + " Auto Scaling groups correctly identify the instances you want to deploy to, and"
              + " then try again.");
      return;
    }
    if (members.size() > MOST_INSTANCES) {
      endings.fail(deployment, "OVER_MAX_INSTANCES", "More than " + MOST_INSTANCES + " instances");
      return;
    }
    var unusable = order.settings().trafficControl() ? traffic.unusable(order.settings()) : "";
    if (!unusable.isEmpty()) {
      endings.fail(deployment, "ELASTIC_LOAD_BALANCING_INVALID", unusable);
      return;
    }
    begin(deployment, members);
  }

  private void begin(Deployment deployment, List<Fleet.Member> members) {
    var now = clock.now();
    var events = LifecycleEvents.inPlace(deployment.order.settings().trafficControl());
    for (var member : members) {
      deployment.targets.put(member.id(), new Target(deployment, member, events, now));
    }
    deployment.startTime = now;
    var revision = deployment.group.application.revisions.get(deployment.order.revision());
    if (revision != null) {
      revision.used(now);
    }
    var minimum = minimum(deployment);
    if (!minimum.possible(members.size())) {
      deployment.all().forEach(t -> t.end(Status.SKIPPED, now));
      endings.fail(
          deployment,
          "HEALTH_CONSTRAINTS_INVALID",
          "The minimum of healthy hosts, "
              + minimum.of(members.size())
              + ", leaves none of "
              + members.size()
              + " instances to deploy to.");
      return;
    }
    deployment.status = Deployment.Status.IN_PROGRESS;
    deployment.deadline = later(deployment, TOTAL, () -> timedOut(deployment));
    log.atInfo()
        .addKeyValue("deploymentId", deployment.id)
        .addKeyValue("targets", members.size())
        .log("deployment begins");
    evaluate(deployment);
  }

  private static MinimumHealthy minimum(Deployment deployment) {
    return deployment.order.config().minimumHealthy().orElseThrow();
  }

  /** Starts what may start, ends what is over. A call from within only asks for another look. */
  private void evaluate(Deployment deployment) {
    deployment.changed = true;
    if (deployment.evaluating) {
      return;
    }
    deployment.evaluating = true;
    try {
      while (deployment.changed && !deployment.status.terminal) {
        deployment.changed = false;
        startWhatMay(deployment);
        if (!deployment.changed && deployment.count(Status.IN_PROGRESS) == 0) {
          conclude(deployment);
        }
      }
    } finally {
      deployment.evaluating = false;
    }
  }

  private void startWhatMay(Deployment deployment) {
    var slots = minimum(deployment).slots(deployment.targets.size());
    for (var target : Fleet.inOrder(deployment)) {
      var busy = deployment.count(Status.IN_PROGRESS) + deployment.count(Status.FAILED);
      if (deployment.stopping || busy >= slots) {
        return;
      }
      if (target.status == Status.PENDING) {
        target.status = Status.IN_PROGRESS;
        target.attempted = true;
        advance(target);
      }
    }
  }

  private void conclude(Deployment deployment) {
    var size = deployment.targets.size();
    var pending = deployment.count(Status.PENDING) > 0;
    deployment.all().stream()
        .filter(t -> t.status == Status.PENDING)
        .forEach(t -> t.end(Status.SKIPPED, clock.now()));
    if (deployment.stopping) {
      endings.stopped(deployment);
    } else if (!pending
        && minimum(deployment).satisfied(size, deployment.count(Status.SUCCEEDED))) {
      endings.succeed(deployment);
    } else {
      endings.failConstraints(deployment);
    }
  }

  /** Begins the target's next event, or ends the target. */
  private void advance(Target target) {
    var deployment = target.deployment;
    var next = target.next();
    if (next.isEmpty()) {
      target.end(Status.SUCCEEDED, clock.now());
      evaluate(deployment);
      return;
    }
    if (deployment.stopping) {
      target.end(Status.SKIPPED, clock.now());
      evaluate(deployment);
      return;
    }
    var event = next.get();
    event.status = Status.IN_PROGRESS;
    event.start = clock.now();
    target.lastUpdated = clock.now();
    if (LifecycleEvents.isDoneByService(event.name)) {
      traffic.begin(target, event);
      return;
    }
    target.timer =
        later(
            deployment,
            PICK_UP,
            () ->
                timedOut(
                    target,
                    event,
                    "CodeDeploy agent was not able to receive the lifecycle event. Check the"
                        + " CodeDeploy agent logs on your host and make sure the agent is running"
                        + " and can connect to the CodeDeploy server."));
    commands.issue(target, event.name);
  }

  @Override
  public void acknowledged(Target target) {
    var event = target.current().orElseThrow();
    target.cancelTimer();
    target.lastUpdated = clock.now();
    target.timer =
        later(
            target.deployment,
            COMPLETION,
            () -> timedOut(target, event, "The lifecycle event did not complete within an hour."));
  }

  @Override
  public void completed(Target target, boolean succeeded, Diagnostics diagnostics) {
    target.current().ifPresent(event -> eventEnded(target, event, succeeded, diagnostics));
  }

  private void timedOut(Target target, Target.Event event, String message) {
    commands.withdraw(target);
    eventEnded(target, event, false, Diagnostics.unknownError(message));
  }

  private void eventEnded(
      Target target, Target.Event event, boolean succeeded, Diagnostics diagnostics) {
    if (event.status != Status.IN_PROGRESS) {
      return;
    }
    var now = clock.now();
    target.cancelTimer();
    target.lastUpdated = now;
    event.end = now;
    event.diagnostics = diagnostics;
    event.status = succeeded ? Status.SUCCEEDED : Status.FAILED;
    var forgiven =
        target.deployment.order.ignoreApplicationStopFailures()
            && LifecycleEvents.FORGIVABLE.contains(event.name);
    if (succeeded || forgiven) {
      advance(target);
    } else {
      target.end(Status.FAILED, now);
      evaluate(target.deployment);
    }
  }

  private void timedOut(Deployment deployment) {
    abort(deployment);
    endings.fail(deployment, "TIMEOUT", "The deployment took longer than 12 hours.");
  }

  /** The deployment's application or group was deleted. */
  void ownerDeleted(DeploymentGroup group, String code) {
    var deployment = group.active;
    if (deployment != null) {
      abort(deployment);
      endings.fail(deployment, code, "It was deleted while the deployment ran.");
    }
  }

  private void abort(Deployment deployment) {
    var now = clock.now();
    for (var target : deployment.all()) {
      commands.withdraw(target);
      if (target.status == Status.IN_PROGRESS) {
        target
            .current()
            .ifPresent(
                e -> {
                  e.status = Status.FAILED;
                  e.end = now;
                  e.diagnostics = Diagnostics.unknownError("The deployment was ended.");
                });
        target.end(Status.FAILED, now);
      } else if (target.status == Status.PENDING) {
        target.end(Status.SKIPPED, now);
      }
    }
  }

  /**
   * Stops a deployment.
   *
   * @return whether it is stopped already; otherwise the events in progress end first
   */
  boolean stop(Deployment deployment, Optional<Boolean> rollback) {
    deployment.stopping = true;
    deployment.rollbackOnStop = rollback;
    for (var target : deployment.all()) {
      var event = target.current();
      if (event.isPresent()
          && !commands.isExecuting(target)
          && !LifecycleEvents.isDoneByService(event.get().name)) {
        commands.withdraw(target);
        event.get().status = Status.SKIPPED;
        event.get().start = null;
        event.get().end = clock.now();
        target.end(Status.SKIPPED, clock.now());
      }
    }
    evaluate(deployment);
    return deployment.status.terminal;
  }
}
