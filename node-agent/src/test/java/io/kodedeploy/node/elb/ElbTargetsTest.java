package io.kodedeploy.node.elb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.node.traffic.GroupTraffic;
import io.kodedeploy.node.traffic.JumpingTime;
import io.kodedeploy.node.traffic.Target;
import io.kodedeploy.node.traffic.TargetGroup;
import io.kodedeploy.node.traffic.TargetGroupRef;
import io.kodedeploy.node.traffic.TargetHealth;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

class ElbTargetsTest {
  private static final String ARN =
      "arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/web/0123456789abcdef";
  private static final Target WEB = new Target(ARN, "web", 30080);

  private final JumpingTime time = new JumpingTime();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private ScriptedAws aws;
  private AwsClients clients;
  private ElbTargets elb;

  @BeforeEach
  void open() throws IOException {
    aws = new ScriptedAws();
    clients =
        new AwsClients(
            "us-west-2",
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")),
            Optional.of(aws.url()),
            (service, operation, code, elapsed) -> {
              assertThat(elapsed).isPositive();
              heard.add(service + " " + operation + " " + code);
            });
    elb = new ElbTargets(clients, "i-0abc", time, time, new Random(1));
  }

  @AfterEach
  void close() {
    clients.close();
    aws.close();
  }

  @Test
  void describesATargetGroupByName() throws Exception {
    aws.answer(
        200,
        """
        <DescribeTargetGroupsResponse><DescribeTargetGroupsResult><TargetGroups><member>
        <TargetGroupArn>%s</TargetGroupArn><TargetGroupName>web</TargetGroupName>
        <Protocol>HTTP</Protocol><Port>30080</Port><TargetType>instance</TargetType>
        <HealthCheckProtocol>HTTP</HealthCheckProtocol><HealthCheckPath>/healthz</HealthCheckPath>
        <HealthCheckIntervalSeconds>10</HealthCheckIntervalSeconds>
        <HealthCheckTimeoutSeconds>6</HealthCheckTimeoutSeconds>
        <HealthyThresholdCount>3</HealthyThresholdCount><Matcher><HttpCode>200</HttpCode></Matcher>
        </member></TargetGroups></DescribeTargetGroupsResult></DescribeTargetGroupsResponse>
        """
            .formatted(ARN));

    var group = elb.describe(TargetGroupRef.of("web"));

    assertThat(group)
        .contains(
            new TargetGroup(
                ARN,
                "web",
                30080,
                "instance",
                "HTTP /healthz expecting 200",
                Duration.ofSeconds(10)));
    assertThat(aws.requests).singleElement().asString().contains("Names.member.1=web");
  }

  @Test
  void everyAttemptOfACallIsCountedByItsCode() throws Exception {
    aws.error(400, "Throttling")
        .error(403, "AccessDenied")
        .answer(200, "<RegisterTargetsResponse/>")
        .answer(200, "<RegisterTargetsResponse/>");

    assertThatThrownBy(() -> elb.register(WEB)).isInstanceOf(AgentException.class);
    elb.register(WEB);
    aws.close();
    assertThatThrownBy(() -> elb.deregister(WEB)).isInstanceOf(AgentException.class);

    assertThat(heard)
        .startsWith(
            "elasticloadbalancing RegisterTargets Throttling",
            "elasticloadbalancing RegisterTargets AccessDenied",
            "elasticloadbalancing RegisterTargets ok")
        .endsWith("elasticloadbalancing DeregisterTargets unreachable");
  }

  @Test
  void absenceIsNoFailure() throws Exception {
    aws.error(400, "TargetGroupNotFound");

    assertThat(elb.describe(TargetGroupRef.of("web"))).isEmpty();
  }

  @Test
  void onlyTheOwnInstanceAndPortAreNamed() throws Exception {
    aws.answer(200, "<RegisterTargetsResponse/>").answer(200, "<DeregisterTargetsResponse/>");

    elb.register(WEB);
    elb.deregister(WEB);

    assertThat(aws.requests)
        .hasSize(2)
        .allSatisfy(
            r ->
                assertThat(r)
                    .contains("Targets.member.1.Id=i-0abc")
                    .contains("Targets.member.1.Port=30080")
                    .doesNotContain("member.2"));
  }

  @Test
  void readsTheStateOfTheOwnTarget() throws Exception {
    aws.answer(
        200,
        """
        <DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions>
        <member><Target><Id>i-0abc</Id><Port>30080</Port></Target><TargetHealth>
        <State>unhealthy.draining</State><Reason>Target.DeregistrationInProgress</Reason>
        <Description>bye</Description></TargetHealth></member>
        </TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>
        """);

    assertThat(elb.health(WEB))
        .isEqualTo(
            new TargetHealth(
                TargetHealth.State.UNHEALTHY_DRAINING, "Target.DeregistrationInProgress", "bye"));
  }

  @Test
  void throttlingSlowsDownAndNeverFails() throws Exception {
    for (int i = 0; i < 12; i++) {
      aws.error(400, "Throttling");
    }
    aws.answer(200, "<RegisterTargetsResponse/>");

    elb.register(WEB);

    assertThat(aws.requests).hasSize(13);
    assertThat(time.pauses).allSatisfy(p -> assertThat(p).isLessThan(Duration.ofSeconds(32)));
  }

  @Test
  void aServerErrorIsRepeatedForTwoMinutesAndThenSaysWhich() {
    for (int i = 0; i < 200; i++) {
      aws.error(500, "HealthUnavailable");
    }

    assertThatThrownBy(() -> elb.health(WEB))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_ERROR))
        .hasMessageContaining("elasticloadbalancing:DescribeTargetHealth")
        .hasMessageContaining("HealthUnavailable: because");
  }

  @Test
  void aMissingRightIsNotRepeatedAndNamesTheAction() {
    aws.error(403, "AccessDenied");

    assertThatThrownBy(() -> elb.register(WEB))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_DENIED))
        .hasMessage("elasticloadbalancing:RegisterTargets of web: AccessDenied: because");
    assertThat(aws.requests).hasSize(1);
  }

  @Test
  void findsTheOwnAutoScalingGroupOfATargetGroup() throws Exception {
    String member =
        "<DescribeAutoScalingInstancesResponse><DescribeAutoScalingInstancesResult>"
            + "<AutoScalingInstances><member><InstanceId>i-0abc</InstanceId>"
            + "<AutoScalingGroupName>green-nodes</AutoScalingGroupName></member>"
            + "</AutoScalingInstances></DescribeAutoScalingInstancesResult>"
            + "</DescribeAutoScalingInstancesResponse>";
    String group =
        "<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups>"
            + "<member><AutoScalingGroupName>green-nodes</AutoScalingGroupName><TargetGroupARNs>"
            + "<member>"
            + ARN
            + "</member></TargetGroupARNs></member></AutoScalingGroups>"
            + "</DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>";
    aws.answer(200, member).answer(200, group).answer(200, member).answer(200, group);

    assertThat(elb.scalingGroupOf(ARN)).contains("green-nodes");
    assertThat(elb.scalingGroupOf(ARN + "0")).isEmpty();
  }

  @Test
  void aDeploymentGroupSaysWhoMovesTraffic() throws Exception {
    aws.answer(
        200,
        """
        {"deploymentGroupInfo":{"applicationName":"shop","deploymentGroupName":"green",
        "deploymentStyle":{"deploymentType":"IN_PLACE","deploymentOption":"WITH_TRAFFIC_CONTROL"},
        "loadBalancerInfo":{"targetGroupInfoList":[{"name":"web"}]}}}
        """);

    var traffic = new CodeDeployGroups(clients, time, time, new Random(1)).read("shop", "green");

    assertThat(traffic).isEqualTo(new GroupTraffic.Known(true, List.of(TargetGroupRef.of("web"))));
  }

  @Test
  void aDeploymentGroupThatMayNotBeReadIsAnAnswer() throws Exception {
    aws.answer(400, "{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}");

    var traffic = new CodeDeployGroups(clients, time, time, new Random(1)).read("shop", "green");

    assertThat(traffic).isEqualTo(new GroupTraffic.Denied("AccessDeniedException: no"));
  }
}
