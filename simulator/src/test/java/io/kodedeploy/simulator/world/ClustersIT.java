package io.kodedeploy.simulator.world;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import io.kodedeploy.simulator.time.ManualClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Clusters as the administration makes them, and what their nodes see of AWS. */
class ClustersIT {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private Simulator simulator;
  private AutoScalingClient scaling;

  @BeforeEach
  void start() {
    simulator =
        Simulator.start(
            SimulatorSettings.onAnyPort().withManualClock(Instant.parse("2026-01-05T10:00:00Z")));
    scaling = scaling(AwsBasicCredentials.create("test", "test"));
  }

  @AfterEach
  void end() {
    scaling.close();
    simulator.close();
    http.close();
  }

  @Test
  void everyNodeOfEveryClusterHasAnAddressOfItsOwn() throws Exception {
    var blue = create("blue", 3);
    var green = create("green", 2);

    assertThat(
            java.util.stream.Stream.of(blue, green)
                .flatMap(cluster -> cluster.path("nodes").valueStream())
                .map(node -> node.path("address").asString())
                .toList())
        .hasSize(5)
        .doesNotHaveDuplicates()
        .allMatch(address -> address.matches("127\\.0\\.\\d+\\.\\d+"));
    assertThat(blue.path("autoScalingGroup").asString()).isEqualTo("blue-nodes");
    assertThat(blue.path("kubeconfig").asString()).contains(blue.path("kubernetesUrl").asString());
  }

  @Test
  void aDeletedClusterLeavesNoListenerAndItsNumberIsFreeAgain() throws Exception {
    var before = create("blue", 2);
    var metadata = URI.create(node(before).path("metadataUrl").asString());
    var kubernetes = URI.create(before.path("kubernetesUrl").asString());

    assertThat(send("DELETE", "/clusters/blue", "").statusCode()).isEqualTo(204);

    for (var gone : new URI[] {metadata, kubernetes}) {
      assertThatThrownBy(() -> new Socket(gone.getHost(), gone.getPort()).close())
          .isInstanceOf(ConnectException.class);
    }
    assertThat(send("GET", "/clusters/blue", "").statusCode()).isEqualTo(404);
    assertThat(scaling.describeAutoScalingGroups().autoScalingGroups()).isEmpty();
    assertThat(node(create("blue", 2)).path("address")).isEqualTo(node(before).path("address"));
  }

  @Test
  void theGroupGrowsAndShrinksWithTheCluster() throws Exception {
    var blue = create("blue", 1);
    var first = node(blue).path("instanceId").asString();

    send("POST", "/clusters/blue/nodes", "{\"count\":2}");
    var grown = scaling.describeAutoScalingGroups().autoScalingGroups().getFirst();
    send("DELETE", "/clusters/blue/nodes/" + first, "");
    var shrunk = scaling.describeAutoScalingGroups().autoScalingGroups().getFirst();

    assertThat(grown.instances()).hasSize(3);
    assertThat(grown.desiredCapacity()).isEqualTo(3);
    assertThat(shrunk.instances()).extracting(i -> i.instanceId()).hasSize(2).doesNotContain(first);
    assertThat(shrunk.desiredCapacity()).isEqualTo(2);
  }

  @Test
  void aWishedCapacityStartsAndEndsNodes() throws Exception {
    create("blue", 1);

    scaling.updateAutoScalingGroup(
        r -> r.autoScalingGroupName("blue-nodes").maxSize(3).desiredCapacity(3));
    assertThat(json(send("GET", "/clusters/blue", "")).path("nodes").size()).isEqualTo(3);
    scaling.setDesiredCapacity(r -> r.autoScalingGroupName("blue-nodes").desiredCapacity(1));
    assertThat(json(send("GET", "/clusters/blue", "")).path("nodes").size()).isEqualTo(1);
  }

  @Test
  void cs159StandbyBelowTheMinimumIsRefused() throws Exception {
    var instance = node(create("blue", 2)).path("instanceId").asString();
    scaling.updateAutoScalingGroup(r -> r.autoScalingGroupName("blue-nodes").minSize(2));

    assertThatThrownBy(
            () ->
                scaling.enterStandby(
                    r ->
                        r.autoScalingGroupName("blue-nodes")
                            .instanceIds(instance)
                            .shouldDecrementDesiredCapacity(true)))
        .isInstanceOfSatisfying(
            AutoScalingException.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ValidationError"));
  }

  @Test
  void anInstanceInStandbyReturns() throws Exception {
    var instance = node(create("blue", 2)).path("instanceId").asString();

    scaling.enterStandby(
        r ->
            r.autoScalingGroupName("blue-nodes")
                .instanceIds(instance)
                .shouldDecrementDesiredCapacity(true));
    assertThat(lifecycle(instance)).isEqualTo("EnteringStandby");
    ((ManualClock) simulator.clock()).advance(Duration.ofSeconds(5));
    assertThat(lifecycle(instance)).isEqualTo("Standby");
    scaling.exitStandby(r -> r.autoScalingGroupName("blue-nodes").instanceIds(instance));
    assertThat(lifecycle(instance)).isEqualTo("InService");
  }

  @Test
  void cs160MetadataWantsATokenOfItsOwnRules() throws Exception {
    var node = node(create("blue", 1));
    var base = node.path("metadataUrl").asString();
    var path = "/latest/meta-data/instance-id";

    var token = token(base, "21600");
    assertThat(token.statusCode()).isEqualTo(200);
    assertThat(token.headers().firstValue("X-aws-ec2-metadata-token-ttl-seconds"))
        .hasValue("21600");
    assertThat(metadata(base, path, token.body()).body())
        .isEqualTo(node.path("instanceId").asString());
    assertThat(metadata(base, path, "").statusCode()).isEqualTo(401);
    assertThat(metadata(base, path, "wrong").statusCode()).isEqualTo(401);
    assertThat(token(base, "0").statusCode()).isEqualTo(400);
    assertThat(token(base, "21601").statusCode()).isEqualTo(400);
    assertThat(token(base, "60", "X-Forwarded-For", "192.0.2.1").statusCode()).isEqualTo(403);
    assertThat(metadata(base, "/latest/meta-data/spot/instance-action", token.body()).statusCode())
        .isEqualTo(404);
    ((ManualClock) simulator.clock()).advance(Duration.ofHours(6));
    assertThat(metadata(base, path, token.body()).statusCode()).isEqualTo(401);
  }

  @Test
  void theIdentityDocumentAndTheTagsAreThoseOfTheInstance() throws Exception {
    var node = node(create("blue", 1));
    var base = node.path("metadataUrl").asString();
    var token = token(base, "60").body();

    var identity =
        JSON.readTree(metadata(base, "/latest/dynamic/instance-identity/document", token).body());
    assertThat(identity.path("accountId").asString()).isEqualTo("123456789012");
    assertThat(identity.path("region").asString()).isEqualTo("us-west-2");
    assertThat(identity.path("privateIp").asString()).isEqualTo(node.path("address").asString());
    assertThat(metadata(base, "/latest/meta-data/tags/instance/eks:cluster-name", token).body())
        .isEqualTo("blue");
    assertThat(metadata(base, "/latest/meta-data/autoscaling/target-lifecycle-state", token).body())
        .isEqualTo("InService");
  }

  @Test
  void anAgentWithABuiltInAddressReachesMetadataAsThroughAProxy() throws Exception {
    var base = URI.create(node(create("blue", 1)).path("metadataUrl").asString());
    var token = token(base.toString(), "60").body();

    try (var socket = new Socket(base.getHost(), base.getPort());
        var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
      socket
          .getOutputStream()
          .write(
              ("GET http://169.254.169.254/latest/meta-data/services/partition HTTP/1.1\r\n"
                      + "Host: 169.254.169.254\r\nX-aws-ec2-metadata-token: "
                      + token
                      + "\r\nConnection: close\r\n\r\n")
                  .getBytes(UTF_8));
      var answer = reader.lines().toList();
      assertThat(answer.getFirst()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(answer.getLast()).isEqualTo("aws");
    }
  }

  @Test
  void credentialsOfTheRoleSignCallsAndAreRenewedInTime() throws Exception {
    var base = node(create("blue", 1)).path("metadataUrl").asString();
    var token = token(base, "21600").body();
    var path = "/latest/meta-data/iam/security-credentials/";
    assertThat(metadata(base, path, token).body()).isEqualTo("blue-node");

    var first = JSON.readTree(metadata(base, path + "blue-node", token).body());
    try (var asNode = scaling(session(first))) {
      assertThat(asNode.describeAutoScalingGroups().autoScalingGroups()).hasSize(1);
      ((ManualClock) simulator.clock()).advance(Duration.ofHours(3));
      var second = JSON.readTree(metadata(base, path + "blue-node", token).body());
      assertThat(second.path("AccessKeyId")).isNotEqualTo(first.path("AccessKeyId"));
      ((ManualClock) simulator.clock()).advance(Duration.ofHours(3));
      assertThatThrownBy(asNode::describeAutoScalingGroups)
          .isInstanceOfSatisfying(
              AutoScalingException.class,
              e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ExpiredToken"));
    }
    var calls = json(send("GET", "/requests?service=autoscaling", ""));
    assertThat(calls.path(0).path("caller").asString())
        .startsWith("arn:aws:sts::123456789012:assumed-role/blue-node/i-");
  }

  @Test
  void aNameThatCannotBeIsRefused() throws Exception {
    assertThat(send("POST", "/clusters", "{\"name\":\"No\"}").statusCode()).isEqualTo(400);
    assertThat(send("POST", "/clusters", "{\"name\":\"a\",\"nodes\":101}").statusCode())
        .isEqualTo(400);
    create("blue", 0);
    assertThat(send("POST", "/clusters", "{\"name\":\"blue\"}").statusCode()).isEqualTo(409);
  }

  private static AwsSessionCredentials session(JsonNode credentials) {
    return AwsSessionCredentials.create(
        credentials.path("AccessKeyId").asString(),
        credentials.path("SecretAccessKey").asString(),
        credentials.path("Token").asString());
  }

  private AutoScalingClient scaling(
      software.amazon.awssdk.auth.credentials.AwsCredentials credentials) {
    return AutoScalingClient.builder()
        .endpointOverride(simulator.url())
        .region(Region.US_WEST_2)
        .credentialsProvider(StaticCredentialsProvider.create(credentials))
        .build();
  }

  private String lifecycle(String instance) {
    return scaling
        .describeAutoScalingInstances(r -> r.instanceIds(instance))
        .autoScalingInstances()
        .getFirst()
        .lifecycleState();
  }

  private JsonNode create(String name, int nodes) throws IOException, InterruptedException {
    var answer = send("POST", "/clusters", "{\"name\":\"%s\",\"nodes\":%d}".formatted(name, nodes));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return json(answer);
  }

  private static JsonNode node(JsonNode cluster) {
    return cluster.path("nodes").path(0);
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(simulator.url().resolve("/_simulator" + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> token(String base, String ttl, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(base + "/latest/api/token"))
            .header("X-aws-ec2-metadata-token-ttl-seconds", ttl)
            .PUT(HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> metadata(String base, String path, String token)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(base + path));
    if (!token.isEmpty()) {
      request.header("X-aws-ec2-metadata-token", token);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }
}
