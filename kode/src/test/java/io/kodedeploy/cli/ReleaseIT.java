package io.kodedeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.cli.console.Ticker;
import java.io.File;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.codedeploy.model.DeploymentOption;
import software.amazon.awssdk.services.codedeploy.model.DeploymentType;
import software.amazon.awssdk.services.codedeploy.model.TargetGroupInfo;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupTuple;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/** {@code kode release cluster} against the simulator, with real hosts on the nodes. */
class ReleaseIT {
  private static final String APPLICATION = "lb-app-1";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  private World world;
  private URI address;
  private String listener;
  private final Map<String, String> targetGroups = new LinkedHashMap<>();

  @BeforeEach
  void twoClustersBehindOneListener() throws Exception {
    world = new World(folder);
    world.aws.codeDeploy().createApplication(request -> request.applicationName(APPLICATION));
    for (var name : List.of("blue", "green")) {
      var cluster = world.cluster(name, 1);
      targetGroups.put(name, targetGroup(name));
      releaseGroup(name, cluster.required("autoScalingGroup").asString());
    }
    listen();
  }

  @AfterEach
  void end() {
    world.close();
  }

  private String targetGroup(String name) {
    String arn =
        world
            .aws
            .loadBalancing()
            .createTargetGroup(
                request ->
                    request
                        .name(name)
                        .protocol(ProtocolEnum.HTTP)
                        .port(30080)
                        .vpcId("vpc-1")
                        .targetType(TargetTypeEnum.INSTANCE)
                        .healthCheckPath("/healthz")
                        .healthCheckIntervalSeconds(5)
                        .healthCheckTimeoutSeconds(2))
            .targetGroups()
            .getFirst()
            .targetGroupArn();
    world
        .aws
        .loadBalancing()
        .modifyTargetGroupAttributes(
            request ->
                request
                    .targetGroupArn(arn)
                    .attributes(
                        TargetGroupAttribute.builder()
                            .key("deregistration_delay.timeout_seconds")
                            .value("1")
                            .build()));
    return arn;
  }

  private void releaseGroup(String cluster, String autoScalingGroup) {
    world
        .aws
        .codeDeploy()
        .createDeploymentGroup(
            request ->
                request
                    .applicationName(APPLICATION)
                    .deploymentGroupName(APPLICATION + "-" + cluster)
                    .serviceRoleArn("arn:aws:iam::123456789012:role/codedeploy-service")
                    .autoScalingGroups(autoScalingGroup)
                    .deploymentStyle(
                        style ->
                            style
                                .deploymentType(DeploymentType.IN_PLACE)
                                .deploymentOption(DeploymentOption.WITH_TRAFFIC_CONTROL))
                    .loadBalancerInfo(
                        info ->
                            info.targetGroupInfoList(
                                TargetGroupInfo.builder().name(cluster).build())));
  }

  private void listen() throws Exception {
    var balancer =
        world
            .aws
            .loadBalancing()
            .createLoadBalancer(request -> request.name("lb").subnets("subnet-1", "subnet-2"))
            .loadBalancers()
            .getFirst();
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getByName(balancer.dnsName()))) {
      port = socket.getLocalPort();
    }
    var tuples =
        targetGroups.values().stream()
            .map(arn -> TargetGroupTuple.builder().targetGroupArn(arn).weight(0).build())
            .toList();
    listener =
        world
            .aws
            .loadBalancing()
            .createListener(
                request ->
                    request
                        .loadBalancerArn(balancer.loadBalancerArn())
                        .protocol(ProtocolEnum.HTTP)
                        .port(port)
                        .defaultActions(
                            Action.builder()
                                .type(ActionTypeEnum.FORWARD)
                                .forwardConfig(config -> config.targetGroups(tuples))
                                .build()))
            .listeners()
            .getFirst()
            .listenerArn();
    address = URI.create("http://" + balancer.dnsName() + ":" + port + "/");
  }

  private List<String> release(String cluster, String... more) {
    var arguments =
        new ArrayList<>(
            List.of(
                "release",
                "cluster",
                "--application",
                APPLICATION,
                "--cluster",
                cluster,
                "--bucket",
                World.BUCKET));
    arguments.addAll(List.of(more));
    return arguments;
  }

  private World.Ran run(List<String> arguments) {
    return world.kode(arguments.toArray(String[]::new));
  }

  private World.Ran released(String cluster) {
    var ran =
        run(
            release(
                cluster, "--bake", "200ms", "--probe-expect", "\"cluster\":\"" + cluster + "\""));
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran;
  }

  private Map<String, Integer> weights() {
    var weights = new HashMap<String, Integer>();
    world
        .aws
        .loadBalancing()
        .describeListeners(request -> request.listenerArns(listener))
        .listeners()
        .getFirst()
        .defaultActions()
        .getFirst()
        .forwardConfig()
        .targetGroups()
        .forEach(
            tuple ->
                targetGroups.forEach(
                    (name, arn) -> {
                      if (arn.equals(tuple.targetGroupArn())) {
                        weights.put(name, tuple.weight());
                      }
                    }));
    return weights;
  }

  @Test
  void theFirstReleaseAndTheNextMoveAllTrafficInStepsAndProveIt() throws Exception {
    var first = released("blue");
    assertThat(weights()).isEqualTo(Map.of("blue", 100, "green", 0));
    assertThat(first.err()).contains("shift to 100 %").doesNotContain("shift to 10 %");
    assertThat(world.get(address).body()).contains("\"cluster\":\"blue\"");

    var second = released("green");

    assertThat(weights()).isEqualTo(Map.of("blue", 0, "green", 100));
    assertThat(second.err())
        .contains("shift to 10 %", "shift to 50 %", "shift to 100 %")
        .contains("drain: blue gets no new request and stays warm (1 healthy)");
    assertThat(second.out()).contains("released: green serves lb-app-1");
    assertThat(world.get(address).body()).contains("\"cluster\":\"green\"");
  }

  @Test
  void aReleaseToTheClusterThatServesAlreadyChangesNoWeight() {
    released("blue");

    var again = released("blue");

    assertThat(weights()).isEqualTo(Map.of("blue", 100, "green", 0));
    assertThat(again.err()).doesNotContain("shift:");
  }

  @Test
  void aProbeThatFailsPutsTheWeightsBack() {
    released("blue");

    var ran = run(release("green", "--bake", "200ms", "--probe-url", "http://127.0.0.1:1/"));

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("kode: proof-failed: ").contains("rollback: the weights are as");
    assertThat(weights()).isEqualTo(Map.of("blue", 100, "green", 0));
  }

  @Test
  void aClusterThatDoesNotAnswerItsShareIsNotReleased() {
    released("blue");

    var ran = run(release("green", "--bake", "200ms", "--probe-expect", "nobody says this"));

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("10 % were expected from the cluster, found 0");
    assertThat(weights()).isEqualTo(Map.of("blue", 100, "green", 0));
  }

  @Test
  void aReleaseThatWasKilledIsResumedByTheNextRun() throws Exception {
    released("blue");
    killWhenShifting("green");

    var next = released("green");

    assertThat(next.err()).contains("journal: a release to green never ended");
    assertThat(weights()).isEqualTo(Map.of("blue", 0, "green", 100));
  }

  @Test
  void aReleaseThatWasKilledIsUndoneBeforeAnotherClusterIsReleased() throws Exception {
    released("blue");
    killWhenShifting("green");

    var next = released("blue");

    assertThat(next.err()).contains("rollback: undoing the unfinished release to green");
    assertThat(weights()).isEqualTo(Map.of("blue", 100, "green", 0));
  }

  @Test
  void anUnknownClusterIsRefusedWithTheCommandThatHelps() {
    var ran = run(release("red"));

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("kode: group-missing: ")
        .contains("[lb-app-1-blue, lb-app-1-green]")
        .contains("aws deploy create-deployment-group");
  }

  @Test
  void aGroupWithoutTrafficControlIsRefused() {
    world
        .aws
        .codeDeploy()
        .createDeploymentGroup(
            request ->
                request
                    .applicationName(APPLICATION)
                    .deploymentGroupName(APPLICATION + "-red")
                    .serviceRoleArn("arn:aws:iam::123456789012:role/codedeploy-service"));

    var ran = run(release("red"));

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("kode: topology-unsupported: ")
        .contains("found IN_PLACE, WITHOUT_TRAFFIC_CONTROL, target groups []");
  }

  @Test
  void parityNamesWhatTheClusterLacks() {
    released("blue");
    record("blue", "s3://b/new.zip");
    record("green", "s3://b/old.zip");

    var ran = run(release("green", "--environment", "test"));

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("kode: preflight-failed: ")
        .contains(
            "namespace shop of cluster green: application cart must be s3://b/new.zip as in cluster"
                + " blue, found s3://b/old.zip");
    assertThat(weights()).isEqualTo(Map.of("blue", 100, "green", 0));
  }

  private void record(String cluster, String revision) {
    world
        .aws
        .s3()
        .putObject(
            request ->
                request
                    .bucket(World.BUCKET)
                    .key("kodedeploy-status/test/shop/" + cluster + ".json"),
            RequestBody.fromString(
                """
                {"schema":1,"environment":"test","namespace":"shop","cluster":"%s","written":"%s",
                 "applications":{"cart":{"wanted":"%s","installed":"%s","ready":true}}}
                """
                    .formatted(cluster, Instant.now(), revision, revision)));
  }

  /** A release as a process of its own, killed as soon as the first weight has moved. */
  private void killWhenShifting(String cluster) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KodeMain.class.getName()));
    command.addAll(release(cluster, "--bake", "10m"));
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(new File(folder.toFile(), "killed.log"));
    builder.environment().put("AWS_ENDPOINT_URL", world.simulator.url().toString());
    builder.environment().put("AWS_DEFAULT_REGION", "us-west-2");
    builder.environment().put("AWS_ACCESS_KEY_ID", "test");
    builder.environment().put("AWS_SECRET_ACCESS_KEY", "test");
    var process = builder.start();
    try {
      var deadline = Instant.now().plus(PATIENCE);
      while (weights().get(cluster) == 0) {
        assertThat(process.isAlive()).as("the release still runs, see killed.log").isTrue();
        assertThat(Instant.now()).isBefore(deadline);
        Ticker.SYSTEM.pause(Duration.ofMillis(100));
      }
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(weights()).isEqualTo(Map.of("blue", 90, "green", 10));
  }
}
