package io.kodedeploy.node.elb;

import io.kodedeploy.node.traffic.DeploymentGroups;
import io.kodedeploy.node.traffic.GroupTraffic;
import io.kodedeploy.node.traffic.Pause;
import io.kodedeploy.node.traffic.TargetGroupRef;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.codedeploy.model.DeploymentGroupInfo;
import software.amazon.awssdk.services.codedeploy.model.DeploymentOption;

/** Deployment groups through the SDK. Safe for use by many threads. */
public final class CodeDeployGroups implements DeploymentGroups {
  private final AwsClients clients;
  private final AwsCalls calls;
  private final TokenBucket budget;

  /** Reads with the node's own clients. */
  public CodeDeployGroups(
      AwsClients clients, InstantSource clock, Pause pause, RandomGenerator random) {
    this.clients = clients;
    this.calls = new AwsCalls(clock, pause, random);
    this.budget = new TokenBucket(2, Duration.ofSeconds(1), clock, pause);
  }

  @Override
  public GroupTraffic read(String application, String deploymentGroup) throws InterruptedException {
    String action = "codedeploy:GetDeploymentGroup";
    try {
      return traffic(
          calls
              .call(
                  action,
                  budget,
                  () ->
                      clients
                          .codeDeploy()
                          .getDeploymentGroup(
                              r ->
                                  r.applicationName(application)
                                      .deploymentGroupName(deploymentGroup)))
              .deploymentGroupInfo());
    } catch (AwsServiceException e) {
      if (AwsCalls.denied(e)) {
        return new GroupTraffic.Denied(AwsCalls.words(e));
      }
      throw AwsCalls.unexpected(action, e);
    }
  }

  private static GroupTraffic traffic(DeploymentGroupInfo group) {
    var style = group.deploymentStyle();
    var balancers = group.loadBalancerInfo();
    List<TargetGroupRef> targetGroups =
        balancers == null
            ? List.of()
            : balancers.targetGroupInfoList().stream()
                .map(g -> TargetGroupRef.of(g.name()))
                .toList();
    return new GroupTraffic.Known(
        style != null && style.deploymentOption() == DeploymentOption.WITH_TRAFFIC_CONTROL,
        targetGroups);
  }
}
