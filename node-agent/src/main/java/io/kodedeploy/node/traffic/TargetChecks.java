package io.kodedeploy.node.traffic;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.time.Duration;

/** Turns what an AppSpec or a group names into targets, and refuses what cannot work. */
final class TargetChecks {
  private static final Duration DRAINED = Duration.ofMinutes(6);
  private static final Duration DRAIN_MARGIN = Duration.ofMinutes(1);

  private final LoadBalancing elb;
  private final NodePorts ports;
  private final NodeRecordFile records;

  TargetChecks(LoadBalancing elb, NodePorts ports, NodeRecordFile records) {
    this.elb = elb;
    this.ports = ports;
    this.records = records;
  }

  /** A target this node registers itself. */
  TargetWait.Watched managed(WantedTarget wanted, String application) throws InterruptedException {
    var group = described(wanted, application);
    refuseAttached(wanted, group);
    return new TargetWait.Watched(target(group, wanted), group, true);
  }

  /** A target CodeDeploy registers: by instance alone, so always on the target group's port. */
  TargetWait.Watched verified(WantedTarget wanted, String application) throws InterruptedException {
    var group = described(wanted, application);
    var target = target(group, wanted);
    if (target.port() != group.port()) {
      throw new AgentException(
          ErrorCode.TARGET_PORT_INVALID,
          wanted.origin()
              + ": CodeDeploy registers this node in target group "
              + group.name()
              + " on the group's port "
              + group.port()
              + ", the AppSpec says "
              + target.port());
    }
    return new TargetWait.Watched(target, group, false);
  }

  private TargetGroup described(WantedTarget wanted, String application)
      throws InterruptedException {
    var group =
        elb.describe(wanted.group())
            .orElseThrow(
                () ->
                    new AgentException(
                        ErrorCode.TARGET_GROUP_NOT_FOUND,
                        wanted.origin()
                            + ": there is no target group "
                            + wanted.group()
                            + " in this node's account and region"));
    if (!group.targetType().equals("instance")) {
      throw new AgentException(
          ErrorCode.TARGET_GROUP_TYPE,
          wanted.origin()
              + ": target group "
              + group.name()
              + " has target type "
              + group.targetType()
              + ", expected instance");
    }
    var claimant = records.read().claimant(group.arn(), application);
    if (claimant.isPresent()) {
      throw new AgentException(
          ErrorCode.TARGET_GROUP_CLAIMED,
          wanted.origin()
              + ": target group "
              + group.name()
              + " already belongs to application "
              + claimant.get()
              + " in this node's record "
              + records.file());
    }
    return group;
  }

  private void refuseAttached(WantedTarget wanted, TargetGroup group) throws InterruptedException {
    var owner = elb.scalingGroupOf(group.arn());
    if (owner.isPresent()) {
      throw new AgentException(
          ErrorCode.TARGET_GROUP_ATTACHED,
          wanted.origin()
              + ": target group "
              + group.name()
              + " is attached to this node's Auto Scaling group "
              + owner.get()
              + ", which registers this node whenever it likes");
    }
  }

  Target target(TargetGroup group, WantedTarget wanted) throws InterruptedException {
    int port =
        switch (wanted.port()) {
          case TargetPort.GroupDefault() -> group.port();
          case TargetPort.Fixed(var number) -> number;
          case TargetPort.NodePort nodePort -> ports.resolve(nodePort);
        };
    return new Target(group.arn(), group.name(), port);
  }

  /** How long leaving may take. */
  Duration drainLimit(Target target, TrafficSection section) throws InterruptedException {
    var delay = elb.deregistrationDelay(target.arn());
    if (section.drained().isEmpty()) {
      return delay
          .map(d -> d.plus(DRAIN_MARGIN))
          .filter(d -> d.compareTo(DRAINED) > 0)
          .orElse(DRAINED);
    }
    Duration limit = section.drained().get();
    if (delay.isPresent() && delay.get().compareTo(limit) >= 0) {
      throw new AgentException(
          ErrorCode.TARGET_NOT_DRAINED,
          "target group "
              + target.group()
              + " drains for "
              + delay.get().toSeconds()
              + " s (its deregistration delay), longer than kodedeploy.traffic.drained of "
              + limit.toSeconds()
              + " s; raise that or lower the delay");
    }
    return limit;
  }
}
