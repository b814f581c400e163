package io.kodedeploy.simulator.codedeploy;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a deployment group is told to be (1.8). Immutable.
 *
 * @param trafficControl whether the service takes instances out of the load balancer
 * @param loadBalancer the structure of the request, as it was sent
 * @param targetGroups names or ARNs in it
 */
record GroupSettings(
    String serviceRoleArn,
    String configName,
    List<TagFilter> ec2Filters,
    List<List<TagFilter>> ec2Set,
    List<TagFilter> onPremisesFilters,
    List<List<TagFilter>> onPremisesSet,
    List<String> autoScalingGroups,
    boolean trafficControl,
    Optional<ObjectNode> loadBalancer,
    List<String> targetGroups,
    Optional<AutoRollback> rollback,
    String outdatedStrategy) {

  static final GroupSettings INITIAL =
      new GroupSettings(
          "",
          "CodeDeployDefault.OneAtATime",
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          false,
          Optional.empty(),
          List.of(),
          Optional.empty(),
          "UPDATE");
}
