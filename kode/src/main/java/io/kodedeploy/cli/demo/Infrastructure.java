package io.kodedeploy.cli.demo;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.naming.Keys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.codedeploy.model.ComputePlatform;
import software.amazon.awssdk.services.codedeploy.model.DeploymentOption;
import software.amazon.awssdk.services.codedeploy.model.DeploymentType;
import software.amazon.awssdk.services.codedeploy.model.TargetGroupInfo;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupTuple;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;

/** What an operator sets up once in AWS, here by the same API calls. */
final class Infrastructure {
  static final String BUCKET = "demo-bundles";
  static final String APPLICATION = "lb-app-1";
  static final String LOAD_BALANCER = "demo";
  static final int NODE_PORT = 30080;

  private final Aws aws;
  private final Path home;

  Infrastructure(Aws aws, Path home) {
    this.aws = aws;
    this.home = home;
  }

  /**
   * Makes everything.
   *
   * @return the address of the load balancer's listener
   */
  URI create(List<Cluster> clusters) {
    aws.s3().createBucket(request -> request.bucket(BUCKET));
    aws.s3()
        .putBucketVersioning(
            request ->
                request
                    .bucket(BUCKET)
                    .versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
    String role =
        aws.iam()
            .createRole(
                request ->
                    request
                        .roleName(Keys.SERVICE_ROLE)
                        .assumeRolePolicyDocument(
                            text(home.resolve("iam/codedeploy-service.assumerolepolicy.json"))))
            .role()
            .arn();
    aws.codeDeploy()
        .createApplication(
            request ->
                request.applicationName(APPLICATION).computePlatform(ComputePlatform.SERVER));
    var targetGroups = new TreeMap<String, String>();
    for (var cluster : clusters) {
      targetGroups.put(cluster.name(), targetGroup("demo-" + cluster.name()));
    }
    URI address = listener(targetGroups);
    clusters.forEach(cluster -> releaseGroup(cluster, role));
    return address;
  }

  private String targetGroup(String name) {
    String arn =
        aws.loadBalancing()
            .createTargetGroup(
                request ->
                    request
                        .name(name)
                        .protocol(ProtocolEnum.HTTP)
                        .port(NODE_PORT)
                        .vpcId("vpc-demo")
                        .targetType(TargetTypeEnum.INSTANCE)
                        .healthCheckPath("/healthz")
                        .healthCheckIntervalSeconds(5)
                        .healthCheckTimeoutSeconds(2)
                        .healthyThresholdCount(2)
                        .unhealthyThresholdCount(2))
            .targetGroups()
            .getFirst()
            .targetGroupArn();
    aws.loadBalancing()
        .modifyTargetGroupAttributes(
            request ->
                request
                    .targetGroupArn(arn)
                    .attributes(
                        TargetGroupAttribute.builder()
                            .key("deregistration_delay.timeout_seconds")
                            .value("5")
                            .build()));
    return arn;
  }

  private URI listener(Map<String, String> targetGroups) {
    var balancer =
        aws.loadBalancing()
            .createLoadBalancer(
                request -> request.name(LOAD_BALANCER).subnets("subnet-demo-a", "subnet-demo-b"))
            .loadBalancers()
            .getFirst();
    int port = freePort(balancer.dnsName());
    var weights =
        targetGroups.values().stream()
            .map(arn -> TargetGroupTuple.builder().targetGroupArn(arn).weight(0).build())
            .toList();
    aws.loadBalancing()
        .createListener(
            request ->
                request
                    .loadBalancerArn(balancer.loadBalancerArn())
                    .protocol(ProtocolEnum.HTTP)
                    .port(port)
                    .defaultActions(
                        Action.builder()
                            .type(ActionTypeEnum.FORWARD)
                            .forwardConfig(config -> config.targetGroups(weights))
                            .build()));
    return URI.create("http://" + balancer.dnsName() + ":" + port + "/");
  }

  private void releaseGroup(Cluster cluster, String role) {
    aws.codeDeploy()
        .createDeploymentGroup(
            request ->
                request
                    .applicationName(APPLICATION)
                    .deploymentGroupName(Keys.releaseGroup(APPLICATION, cluster.name()))
                    .serviceRoleArn(role)
                    .autoScalingGroups(cluster.autoScalingGroup())
                    .deploymentStyle(
                        style ->
                            style
                                .deploymentType(DeploymentType.IN_PLACE)
                                .deploymentOption(DeploymentOption.WITH_TRAFFIC_CONTROL))
                    .loadBalancerInfo(
                        info ->
                            info.targetGroupInfoList(
                                TargetGroupInfo.builder().name("demo-" + cluster.name()).build())));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A port that nobody listens on at an address. */
  static int freePort(String address) {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByName(address))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
