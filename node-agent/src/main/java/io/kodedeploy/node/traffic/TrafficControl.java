package io.kodedeploy.node.traffic;

import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.spec.DeploymentSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Carries out what {@link TrafficPlan} decides. Every piece of work can be repeated: after a crash
 * the same event does the rest. Safe for use by many threads; commands of one application come one
 * after another.
 */
public final class TrafficControl {
  private final LoadBalancing elb;
  private final DeploymentGroups groups;
  private final NodeRecordFile records;
  private final TargetStates states;
  private final TrafficSettings settings;
  private final TargetChecks checks;
  private final TargetWait wait;

  /** The node's traffic. */
  public TrafficControl(
      LoadBalancing elb,
      DeploymentGroups groups,
      NodePorts ports,
      NodeRecordFile records,
      TargetStates states,
      TrafficSettings settings,
      InstantSource clock,
      Pause pause,
      RandomGenerator random) {
    this.elb = elb;
    this.groups = groups;
    this.checks = new TargetChecks(elb, ports, records);
    this.records = records;
    this.states = states;
    this.settings = settings;
    this.wait = new TargetWait(elb, states, settings.pollInterval(), clock, pause, random);
  }

  /** What this event asks; the deployment's first call reads and keeps its mode. */
  TrafficPlan.Work decide(
      LifecycleEvent event, DeploymentSpec spec, Path folder, TrafficSection section)
      throws InterruptedException {
    var kept = DeploymentTraffic.read(folder);
    DeploymentTraffic deployment;
    if (kept.isPresent()) {
      deployment = kept.get();
    } else {
      deployment =
          new DeploymentTraffic(
              event, groups.read(spec.applicationName(), spec.deploymentGroupName()));
      deployment.write(folder);
    }
    return new TrafficPlan(settings.mode(), deployment)
        .work(event, section, records.read().application(spec.applicationName()));
  }

  void carryOut(
      TrafficPlan.Work work, DeploymentSpec spec, TrafficSection section, Consumer<String> progress)
      throws InterruptedException {
    switch (work) {
      case TrafficPlan.Work.Nothing() -> {}
      case TrafficPlan.Work.Check(var managed, var verified) ->
          check(managed, verified, spec, progress);
      case TrafficPlan.Work.Leave(var targets) -> leave(targets, spec, section, progress);
      case TrafficPlan.Work.AwaitDrained(var targets) ->
          awaitDrained(targets, spec, section, progress);
      case TrafficPlan.Work.Join(var targets) -> join(targets, spec, section, progress);
      case TrafficPlan.Work.AwaitHealthy(var targets) ->
          awaitHealthy(targets, spec, section, progress);
    }
  }

  private void check(
      List<WantedTarget> managed,
      List<WantedTarget> verified,
      DeploymentSpec spec,
      Consumer<String> progress)
      throws InterruptedException {
    for (var wanted : managed) {
      var watched = checks.managed(wanted, spec.applicationName());
      progress.accept("target group " + watched.target() + " can take this node");
    }
    for (var wanted : verified) {
      var watched = checks.verified(wanted, spec.applicationName());
      progress.accept("target group " + watched.target() + " is switched by CodeDeploy");
    }
  }

  private void leave(
      List<NodeRecord.Recorded> recorded,
      DeploymentSpec spec,
      TrafficSection section,
      Consumer<String> progress)
      throws InterruptedException {
    var leaving = new ArrayList<TargetWait.Watched>();
    var limit = Duration.ZERO;
    for (var entry : recorded) {
      var target = entry.target();
      var group = elb.describe(new TargetGroupRef.ByArn(target.arn()));
      if (group.isEmpty()) {
        progress.accept("target group " + target.group() + " is gone: nothing to leave");
        states.forget(target);
        continue;
      }
      leaving.add(new TargetWait.Watched(target, group.get(), true));
      Duration needed = checks.drainLimit(target, section);
      limit = needed.compareTo(limit) > 0 ? needed : limit;
    }
    serving(spec.applicationName(), false);
    for (var watched : leaving) {
      elb.deregister(watched.target());
      progress.accept("left target group " + watched.target());
    }
    wait.until(Goal.DRAINED, leaving, limit, progress);
  }

  private void awaitDrained(
      List<WantedTarget> targets,
      DeploymentSpec spec,
      TrafficSection section,
      Consumer<String> progress)
      throws InterruptedException {
    var draining = new ArrayList<TargetWait.Watched>();
    var limit = Duration.ZERO;
    for (var wanted : targets) {
      var group = elb.describe(wanted.group());
      if (group.isEmpty()) {
        progress.accept("target group " + wanted.group() + " is gone: nothing to drain");
        continue;
      }
      var target = checks.target(group.get(), wanted);
      draining.add(new TargetWait.Watched(target, group.get(), false));
      Duration needed = checks.drainLimit(target, section);
      limit = needed.compareTo(limit) > 0 ? needed : limit;
    }
    serving(spec.applicationName(), false);
    wait.until(Goal.DRAINED, draining, limit, progress);
  }

  private void join(
      List<WantedTarget> targets,
      DeploymentSpec spec,
      TrafficSection section,
      Consumer<String> progress)
      throws InterruptedException {
    var joining = new ArrayList<TargetWait.Watched>();
    for (var wanted : targets) {
      joining.add(checks.managed(wanted, spec.applicationName()));
    }
    // The record comes before the registration: after a crash the node knows what it must leave.
    record(spec, joining, List.of(), false);
    for (var watched : joining) {
      elb.register(watched.target());
      progress.accept("joined target group " + watched.target());
    }
    wait.until(Goal.HEALTHY, joining, section.healthy(), progress);
    serving(spec.applicationName(), true);
  }

  private void awaitHealthy(
      List<WantedTarget> targets,
      DeploymentSpec spec,
      TrafficSection section,
      Consumer<String> progress)
      throws InterruptedException {
    var joined = new ArrayList<TargetWait.Watched>();
    for (var wanted : targets) {
      joined.add(checks.verified(wanted, spec.applicationName()));
    }
    var ours =
        records.read().application(spec.applicationName()).stream()
            .filter(a -> a.deploymentId().equals(spec.deploymentId()))
            .flatMap(a -> a.targets().stream())
            .filter(NodeRecord.Recorded::managed)
            .toList();
    record(spec, joined, ours, false);
    wait.until(Goal.HEALTHY, joined, section.healthy(), progress);
    serving(spec.applicationName(), true);
  }

  private void serving(String application, boolean now) {
    records.update(
        record ->
            record
                .application(application)
                .map(a -> record.with(application, a.serving(now)))
                .orElse(record));
  }

  private void record(
      DeploymentSpec spec,
      List<TargetWait.Watched> watched,
      List<NodeRecord.Recorded> kept,
      boolean serving) {
    var targets = new ArrayList<>(kept);
    watched.forEach(w -> targets.add(new NodeRecord.Recorded(w.target(), w.ours())));
    records.update(
        record ->
            targets.isEmpty()
                ? record.without(spec.applicationName())
                : record.with(
                    spec.applicationName(),
                    new NodeRecord.Application(
                        spec.deploymentGroupName(), spec.deploymentId(), targets, serving)));
    forgetOthers();
  }

  private void forgetOthers() {
    var known =
        records.read().applications().values().stream()
            .flatMap(a -> a.targets().stream())
            .map(NodeRecord.Recorded::target)
            .toList();
    states.snapshot().keySet().stream()
        .filter(target -> !known.contains(target))
        .forEach(states::forget);
  }

  /**
   * The last event this node sees of a deployment.
   *
   * @param folder folder of the deployment
   */
  public static LifecycleEvent lastEvent(Path folder) {
    return DeploymentTraffic.read(folder)
        .filter(DeploymentTraffic::controlled)
        .map(_ -> LifecycleEvent.AFTER_ALLOW_TRAFFIC)
        .orElse(LifecycleEvent.VALIDATE_SERVICE);
  }

  /** Where the node is recorded, for a background look. */
  public List<Target> recordedTargets() {
    return records.read().applications().values().stream()
        .flatMap(a -> a.targets().stream())
        .map(NodeRecord.Recorded::target)
        .distinct()
        .toList();
  }

  /** The node's record. */
  public NodeRecord record() {
    return records.read();
  }

  /** What was last seen of its targets. */
  public TargetStates states() {
    return states;
  }
}
