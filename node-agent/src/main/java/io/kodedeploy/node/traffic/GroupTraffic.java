package io.kodedeploy.node.traffic;

import java.util.List;

/** Who moves traffic in a deployment group, as one {@code GetDeploymentGroup} told. */
public sealed interface GroupTraffic {
  /**
   * CodeDeploy said so.
   *
   * @param controlled whether the group is {@code WITH_TRAFFIC_CONTROL}
   * @param targetGroups target groups that CodeDeploy registers and deregisters
   */
  record Known(boolean controlled, List<TargetGroupRef> targetGroups) implements GroupTraffic {
    /** Copies the list. */
    public Known {
      targetGroups = List.copyOf(targetGroups);
    }
  }

  /**
   * The node has no right to know.
   *
   * @param reason words of the service
   */
  record Denied(String reason) implements GroupTraffic {}
}
