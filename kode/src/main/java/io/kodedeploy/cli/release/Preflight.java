package io.kodedeploy.cli.release;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.autoscaling.model.LifecycleState;

/** What must be right before a release changes anything. Every finding names its remedy. */
final class Preflight {
  private final Aws aws;
  private final Reporter reporter;

  Preflight(Aws aws, Reporter reporter) {
    this.aws = aws;
    this.reporter = reporter;
  }

  /**
   * One thing that is not right.
   *
   * @param what expected and found
   * @param remedy what to do about it
   */
  record Finding(String what, String remedy) {}

  /**
   * Reports every finding.
   *
   * @param more findings of other checks
   * @throws CliException with {@code preflight-failed} when there is one
   */
  void check(Topology topology, List<Finding> more) {
    var findings = new ArrayList<Finding>();
    nodes(topology.own(), findings);
    findings.addAll(more);
    if (findings.isEmpty()) {
      return;
    }
    for (var finding : findings) {
      reporter.progress(
          "finding",
          "preflight: " + finding.what() + " To do: " + finding.remedy(),
          Map.of("finding", finding.what(), "remedy", finding.remedy()));
    }
    throw new CliException(
        Problem.PREFLIGHT_FAILED,
        findings.size()
            + " findings; nothing was changed. The first: "
            + findings.getFirst().what(),
        findings.getFirst().remedy());
  }

  private void nodes(ReleaseGroup own, List<Finding> findings) {
    if (own.autoScalingGroups().isEmpty()) {
      findings.add(
          new Finding(
              "deployment group "
                  + own.name()
                  + " must name the cluster's Auto Scaling groups,"
                  + " found none.",
              "add them: aws deploy update-deployment-group --auto-scaling-groups NAME ..."));
      return;
    }
    var groups =
        aws.autoScaling()
            .describeAutoScalingGroups(
                request -> request.autoScalingGroupNames(own.autoScalingGroups()))
            .autoScalingGroups();
    long inService =
        groups.stream()
            .flatMap(group -> group.instances().stream())
            .filter(instance -> instance.lifecycleState() == LifecycleState.IN_SERVICE)
            .count();
    if (inService == 0) {
      findings.add(
          new Finding(
              "Auto Scaling groups "
                  + own.autoScalingGroups()
                  + " must have nodes in service,"
                  + " found none.",
              "scale the cluster up."));
    }
    for (var group : groups) {
      if (group.targetGroupARNs().contains(own.arn())) {
        findings.add(
            new Finding(
                "target group "
                    + own.targetGroup()
                    + " must be filled by the release alone, found"
                    + " it attached to Auto Scaling group "
                    + group.autoScalingGroupName()
                    + ".",
                "detach it: aws autoscaling detach-load-balancer-target-groups"
                    + " --auto-scaling-group-name "
                    + group.autoScalingGroupName()
                    + " --target-group-arns "
                    + own.arn()));
      }
    }
    reporter.progress(
        "nodes",
        "preflight: " + inService + " nodes in service in " + own.autoScalingGroups(),
        Map.of("inService", inService, "autoScalingGroups", own.autoScalingGroups()));
  }
}
