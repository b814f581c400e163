package io.kodedeploy.cli.release;

import java.util.List;

/**
 * The deployment group of one cluster's nodes, with the target group they are in.
 *
 * @param name of the deployment group
 * @param targetGroup name of the target group
 * @param arn of the target group
 * @param port on which targets are registered
 * @param autoScalingGroups of the cluster's nodes
 */
record ReleaseGroup(
    String name, String targetGroup, String arn, int port, List<String> autoScalingGroups) {
  ReleaseGroup {
    autoScalingGroups = List.copyOf(autoScalingGroups);
  }
}
