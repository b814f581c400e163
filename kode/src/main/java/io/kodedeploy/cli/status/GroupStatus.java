package io.kodedeploy.cli.status;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.balancing.TargetHealth;
import io.kodedeploy.cli.codedeploy.Deployments;
import io.kodedeploy.cli.codedeploy.TargetState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.codedeploy.model.DeploymentGroupInfo;
import software.amazon.awssdk.services.codedeploy.model.LastDeploymentInfo;
import software.amazon.awssdk.services.codedeploy.model.RevisionLocation;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupNotFoundException;

/** Reads deployment groups as a person wants to see them. */
final class GroupStatus {
  private static final int BATCH = 100;

  private final Aws aws;

  GroupStatus(Aws aws) {
    this.aws = aws;
  }

  /**
   * One group.
   *
   * @param tags the on-premises tags it selects by, where each is demanded alone
   * @param lastAttempted id and status, or {@code none}
   * @param lastSuccessful id and status, or {@code none}
   * @param revision last successful one, empty when there is none
   * @param targets of the last attempted deployment, each with status and stage
   * @param targetGroups health by target group name
   */
  record Group(
      String application,
      String name,
      Map<String, String> tags,
      String lastAttempted,
      String lastSuccessful,
      String revision,
      Map<String, String> targets,
      Map<String, String> targetGroups) {}

  List<Group> of(String application) {
    var names =
        aws
            .codeDeploy()
            .listDeploymentGroupsPaginator(request -> request.applicationName(application))
            .deploymentGroups()
            .stream()
            .toList();
    var groups = new ArrayList<Group>();
    for (int from = 0; from < names.size(); from += BATCH) {
      var chunk = names.subList(from, Math.min(from + BATCH, names.size()));
      aws.codeDeploy()
          .batchGetDeploymentGroups(
              request -> request.applicationName(application).deploymentGroupNames(chunk))
          .deploymentGroupsInfo()
          .forEach(info -> groups.add(group(info)));
    }
    return groups;
  }

  private Group group(DeploymentGroupInfo info) {
    return new Group(
        info.applicationName(),
        info.deploymentGroupName(),
        tags(info),
        words(info.lastAttemptedDeployment()),
        words(info.lastSuccessfulDeployment()),
        words(info.targetRevision()),
        targets(info.lastAttemptedDeployment()),
        targetGroups(info));
  }

  private static Map<String, String> tags(DeploymentGroupInfo info) {
    var tags = new TreeMap<String, String>();
    if (info.onPremisesTagSet() != null) {
      for (var filters : info.onPremisesTagSet().onPremisesTagSetList()) {
        if (filters.size() == 1 && filters.getFirst().value() != null) {
          tags.put(String.valueOf(filters.getFirst().key()), filters.getFirst().value());
        }
      }
    }
    return tags;
  }

  private static String words(@Nullable LastDeploymentInfo deployment) {
    return deployment == null
        ? "none"
        : deployment.deploymentId() + " " + deployment.statusAsString();
  }

  private static String words(@Nullable RevisionLocation revision) {
    if (revision == null || revision.s3Location() == null) {
      return revision == null ? "" : revision.revisionTypeAsString();
    }
    var location = revision.s3Location();
    return "s3://" + location.bucket() + "/" + location.key();
  }

  private Map<String, String> targets(@Nullable LastDeploymentInfo deployment) {
    var result = new LinkedHashMap<String, String>();
    if (deployment != null) {
      for (TargetState target : Deployments.targets(aws, deployment.deploymentId())) {
        result.put(target.id(), (target.status() + " " + target.stage()).strip());
      }
    }
    return result;
  }

  private Map<String, String> targetGroups(DeploymentGroupInfo info) {
    var result = new TreeMap<String, String>();
    if (info.loadBalancerInfo() == null) {
      return result;
    }
    for (var group : info.loadBalancerInfo().targetGroupInfoList()) {
      try {
        var arn =
            aws.loadBalancing()
                .describeTargetGroups(request -> request.names(group.name()))
                .targetGroups()
                .getFirst()
                .targetGroupArn();
        result.put(group.name(), TargetHealth.of(aws, arn).words());
      } catch (TargetGroupNotFoundException _) {
        result.put(group.name(), "does not exist");
      }
    }
    return result;
  }
}
