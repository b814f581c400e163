package io.kodedeploy.cli.release;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.naming.Keys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.codedeploy.model.AutoScalingGroup;
import software.amazon.awssdk.services.codedeploy.model.DeploymentGroupInfo;
import software.amazon.awssdk.services.codedeploy.model.DeploymentOption;
import software.amazon.awssdk.services.codedeploy.model.DeploymentType;
import software.amazon.awssdk.services.codedeploy.model.TargetGroupInfo;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupNotFoundException;

/** Finds out what a release works on, and refuses what this version cannot release. */
final class TopologyFinder {
  private static final int BATCH = 100;

  private final Aws aws;
  private final TrafficRules rules;

  TopologyFinder(Aws aws, TrafficRules rules) {
    this.aws = aws;
    this.rules = rules;
  }

  Topology find(String application, String cluster) {
    String name = Keys.releaseGroup(application, cluster);
    var groups = groups(application);
    var own =
        groups.stream()
            .filter(group -> group.deploymentGroupName().equals(name))
            .findFirst()
            .orElseThrow(() -> missing(application, name, groups));
    if (!isRelease(own)) {
      throw unsupported(
          "deployment group "
              + name
              + " must be IN_PLACE, WITH_TRAFFIC_CONTROL and have exactly one target group, found "
              + words(own));
    }
    var peers =
        groups.stream()
            .filter(group -> !group.equals(own))
            .filter(TopologyFinder::isRelease)
            .toList();
    for (var peer : peers) {
      if (targetGroup(peer).equals(targetGroup(own))) {
        throw unsupported(
            "groups "
                + name
                + " and "
                + peer.deploymentGroupName()
                + " share the target group "
                + targetGroup(own)
                + "; expected one for each cluster");
      }
    }
    return resolve(own, peers);
  }

  private Topology resolve(DeploymentGroupInfo own, List<DeploymentGroupInfo> peers) {
    var all = new ArrayList<>(peers);
    all.add(own);
    var targetGroups = targetGroups(all.stream().map(TopologyFinder::targetGroup).toList());
    var ownGroup = release(own, targetGroups);
    var peerGroups = peers.stream().map(peer -> release(peer, targetGroups)).toList();
    var arns = new HashSet<String>();
    arns.add(ownGroup.arn());
    peerGroups.forEach(peer -> arns.add(peer.arn()));
    var found = rules.forwardingTo(arns);
    if (found.isEmpty()) {
      throw new CliException(
          Problem.RULE_MISSING,
          "no listener or rule forwards to any of the target groups "
              + all.stream().map(TopologyFinder::targetGroup).sorted().toList()
              + ".",
          "let a listener forward to them by weight; weight 0 for a cluster that does not serve.");
    }
    if (found.size() > 1) {
      throw new CliException(
          Problem.RULE_AMBIGUOUS,
          "expected one listener rule that shares out the traffic, found "
              + found.stream().map(TrafficRule::arn).toList()
              + ".",
          "let exactly one rule forward to these target groups.");
    }
    var topology = new Topology(ownGroup, peerGroups, found.getFirst());
    refuseStrangers(topology);
    return topology;
  }

  private void refuseStrangers(Topology topology) {
    rules
        .weights(topology.rule())
        .forEach(
            (arn, weight) -> {
              boolean known =
                  arn.equals(topology.own().arn())
                      || topology.peers().stream().anyMatch(peer -> peer.arn().equals(arn));
              if (!known && weight > 0) {
                throw unsupported(
                    "the rule also sends traffic to "
                        + arn
                        + ", which is the target group of no release group of this application");
              }
            });
  }

  private List<DeploymentGroupInfo> groups(String application) {
    var names =
        aws
            .codeDeploy()
            .listDeploymentGroupsPaginator(request -> request.applicationName(application))
            .deploymentGroups()
            .stream()
            .toList();
    var groups = new ArrayList<DeploymentGroupInfo>();
    for (int from = 0; from < names.size(); from += BATCH) {
      var chunk = names.subList(from, Math.min(from + BATCH, names.size()));
      groups.addAll(
          aws.codeDeploy()
              .batchGetDeploymentGroups(
                  request -> request.applicationName(application).deploymentGroupNames(chunk))
              .deploymentGroupsInfo());
    }
    return groups;
  }

  private Map<String, TargetGroup> targetGroups(List<String> names) {
    var result = new HashMap<String, TargetGroup>();
    try {
      aws.loadBalancing()
          .describeTargetGroups(request -> request.names(names))
          .targetGroups()
          .forEach(group -> result.put(group.targetGroupName(), group));
    } catch (TargetGroupNotFoundException e) {
      throw unsupported("a target group of " + names + " does not exist").because(e);
    }
    return result;
  }

  private static ReleaseGroup release(
      DeploymentGroupInfo group, Map<String, TargetGroup> targetGroups) {
    var targetGroup = targetGroups.get(targetGroup(group));
    if (targetGroup == null) {
      throw unsupported("target group " + targetGroup(group) + " does not exist");
    }
    return new ReleaseGroup(
        group.deploymentGroupName(),
        targetGroup.targetGroupName(),
        targetGroup.targetGroupArn(),
        targetGroup.port(),
        group.autoScalingGroups().stream().map(AutoScalingGroup::name).toList());
  }

  private static boolean isRelease(DeploymentGroupInfo group) {
    return group.deploymentStyle() != null
        && group.deploymentStyle().deploymentType() == DeploymentType.IN_PLACE
        && group.deploymentStyle().deploymentOption() == DeploymentOption.WITH_TRAFFIC_CONTROL
        && targetGroupNames(group).size() == 1;
  }

  private static String targetGroup(DeploymentGroupInfo group) {
    return targetGroupNames(group).getFirst();
  }

  private static List<String> targetGroupNames(DeploymentGroupInfo group) {
    return group.loadBalancerInfo() == null
        ? List.of()
        : group.loadBalancerInfo().targetGroupInfoList().stream()
            .map(TargetGroupInfo::name)
            .toList();
  }

  private static String words(DeploymentGroupInfo group) {
    var style = group.deploymentStyle();
    return (style == null
            ? "no style"
            : style.deploymentTypeAsString() + ", " + style.deploymentOptionAsString())
        + ", target groups "
        + targetGroupNames(group);
  }

  private static CliException missing(
      String application, String name, List<DeploymentGroupInfo> groups) {
    var blueGreen =
        groups.stream()
            .filter(
                group ->
                    group.deploymentStyle() != null
                        && group.deploymentStyle().deploymentType() == DeploymentType.BLUE_GREEN)
            .map(DeploymentGroupInfo::deploymentGroupName)
            .toList();
    if (!blueGreen.isEmpty()) {
      return unsupported("expected the group " + name + ", found BLUE_GREEN groups " + blueGreen);
    }
    return new CliException(
        Problem.GROUP_MISSING,
        "application "
            + application
            + " must have the deployment group "
            + name
            + ", found "
            + groups.stream().map(DeploymentGroupInfo::deploymentGroupName).sorted().toList()
            + ".",
        "create it: aws deploy create-deployment-group --application-name "
            + application
            + " --deployment-group-name "
            + name
            + " --auto-scaling-groups ASG --service-role-arn ARN"
            + " --deployment-style deploymentType=IN_PLACE,deploymentOption=WITH_TRAFFIC_CONTROL"
            + " --load-balancer-info 'targetGroupInfoList=[{name=TARGET_GROUP}]'");
  }

  private static CliException unsupported(String what) {
    return new CliException(
        Problem.TOPOLOGY_UNSUPPORTED,
        what + ".",
        "this version releases clusters that have one in-place group with traffic control each,"
            + " every one with a target group of its own behind one listener rule.");
  }
}
