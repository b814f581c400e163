package io.kodedeploy.node.traffic;

import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What each event of a deployment asks of the node's traffic. Pure.
 *
 * <p>The mode is chosen by target group: the node verifies those that CodeDeploy switches (a group
 * {@code WITH_TRAFFIC_CONTROL} that lists them) and manages all others. When the group may not be
 * read, a first event {@code BeforeBlockTraffic} proves that CodeDeploy switches traffic.
 *
 * @param setting {@code traffic.mode}
 * @param deployment what the first command found out
 */
record TrafficPlan(TrafficMode setting, DeploymentTraffic deployment) {
  /** What to do in an event. */
  sealed interface Work {
    /** Nothing. */
    record Nothing() implements Work {}

    /** Refuse what cannot work before anything is installed. */
    record Check(List<WantedTarget> managed, List<WantedTarget> verified) implements Work {}

    /** Take the node out of what its record names, and wait until it has drained. */
    record Leave(List<NodeRecord.Recorded> targets) implements Work {}

    /** Wait until the node has drained from what CodeDeploy took it out of. */
    record AwaitDrained(List<WantedTarget> targets) implements Work {}

    /** Register the node and wait until it is healthy; with no target, forget the application. */
    record Join(List<WantedTarget> targets) implements Work {}

    /** Wait until the node is healthy where CodeDeploy registered it. */
    record AwaitHealthy(List<WantedTarget> targets) implements Work {}
  }

  /**
   * The work of an event.
   *
   * @param section of the revision that supplies the event
   * @param record the application's entry in the node's record
   * @throws AgentException {@code TRAFFIC_MODE_UNKNOWN} when it depends on a mode nobody may know
   */
  Work work(LifecycleEvent event, TrafficSection section, Optional<NodeRecord.Application> record) {
    return switch (event.name()) {
      case "AfterBlockTraffic" ->
          some(drainedByCodeDeploy(section, record), Work.AwaitDrained::new);
      case "ApplicationStop" ->
          some(
              recorded(record).stream().filter(r -> managed(r.target().group())).toList(),
              Work.Leave::new);
      case "BeforeInstall" -> check(wanted(section));
      case "ValidateService" -> join(section, record);
      case "AfterAllowTraffic" ->
          some(
              wanted(section).stream().filter(w -> !managed(w.group().name())).toList(),
              Work.AwaitHealthy::new);
      default -> new Work.Nothing();
    };
  }

  /** Whether the node registers and deregisters itself in that target group. */
  boolean managed(String targetGroup) {
    return switch (setting) {
      case MANAGE -> true;
      case VERIFY -> false;
      case AUTO ->
          switch (deployment.group()) {
            case GroupTraffic.Known(var controlled, var groups) ->
                !controlled || groups.stream().noneMatch(g -> g.name().equals(targetGroup));
            case GroupTraffic.Denied(var reason) -> {
              if (deployment.firstEvent().equals(LifecycleEvent.BEFORE_BLOCK_TRAFFIC)) {
                yield false;
              }
              throw new AgentException(
                  ErrorCode.TRAFFIC_MODE_UNKNOWN,
                  "cannot know whether CodeDeploy or this node registers target group "
                      + targetGroup
                      + ": the deployment group may not be read ("
                      + reason
                      + ")");
            }
          };
    };
  }

  /** What the node should serve: the AppSpec's targets, else the deployment group's. */
  List<WantedTarget> wanted(TrafficSection section) {
    return section.targetGroups().isEmpty() ? groupTargets() : section.targetGroups();
  }

  private List<WantedTarget> groupTargets() {
    return switch (deployment.group()) {
      case GroupTraffic.Known(_, var groups) ->
          groups.stream()
              .map(g -> new WantedTarget(g, new TargetPort.GroupDefault(), "the deployment group"))
              .toList();
      case GroupTraffic.Denied _ -> List.of();
    };
  }

  private List<WantedTarget> drainedByCodeDeploy(
      TrafficSection section, Optional<NodeRecord.Application> record) {
    // CodeDeploy takes the node out of the deployment group's target groups, whatever an AppSpec
    // names; only when these are unknown is the node's own knowledge the next best.
    var candidates = groupTargets();
    if (candidates.isEmpty()) {
      candidates =
          recorded(record).stream()
              .map(
                  r ->
                      new WantedTarget(
                          new TargetGroupRef.ByArn(r.target().arn()),
                          new TargetPort.Fixed(r.target().port()),
                          "the node's record"))
              .toList();
    }
    if (candidates.isEmpty()) {
      candidates = section.targetGroups();
    }
    return candidates.stream().filter(w -> !managed(w.group().name())).toList();
  }

  private Work check(List<WantedTarget> targets) {
    return some(
        targets,
        all ->
            new Work.Check(
                all.stream().filter(w -> managed(w.group().name())).toList(),
                all.stream().filter(w -> !managed(w.group().name())).toList()));
  }

  private Work join(TrafficSection section, Optional<NodeRecord.Application> record) {
    var targets = wanted(section);
    var ours = targets.stream().filter(w -> managed(w.group().name())).toList();
    // An application that dropped its target groups has left them in ApplicationStop.
    return ours.isEmpty() && (record.isEmpty() || !targets.isEmpty())
        ? new Work.Nothing()
        : new Work.Join(ours);
  }

  private static List<NodeRecord.Recorded> recorded(Optional<NodeRecord.Application> record) {
    return record.map(NodeRecord.Application::targets).orElse(List.of());
  }

  private static <T> Work some(List<T> targets, Function<List<T>, Work> work) {
    return targets.isEmpty() ? new Work.Nothing() : work.apply(targets);
  }
}
