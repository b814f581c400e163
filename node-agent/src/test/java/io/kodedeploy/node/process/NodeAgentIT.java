package io.kodedeploy.node.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.codedeploy.model.DeploymentOption;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.codedeploy.model.LifecycleEventStatus;

class NodeAgentIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final int NODE_PORT = 30080;
  @TempDir private Path folder;
  private final List<AgentProcess> agents = new ArrayList<>();
  private Cloud cloud;
  private String web = "";

  @BeforeEach
  void open() throws Exception {
    cloud = new Cloud("blue", 2);
    web = cloud.targetGroup("web", NODE_PORT);
  }

  @AfterEach
  void close() {
    agents.forEach(AgentProcess::close);
    cloud.close();
  }

  private AgentProcess agent(Cloud.Node node) {
    var agent =
        new AgentProcess(folder.resolve(node.name()), cloud.url(), node.metadata())
            .environment("AWS_ENDPOINT_URL", cloud.url().toString())
            .environment("NODE_NAME", node.name());
    agents.add(agent);
    return agent;
  }

  /** Agents that poll: the service gives a host five minutes to fetch its command. */
  private void startAll() throws InterruptedException {
    cloud.nodes.forEach(n -> agent(n).start());
    for (var agent : agents) {
      Await.until(LIMIT, () -> assertThat(agent.get("/health/started").status()).isEqualTo(200));
    }
  }

  private static Map<String, String> bundle(String healthy) {
    return Map.of(
        "appspec.yml",
        """
        version: 0.0
        os: linux
        kodedeploy:
          traffic:
            targetGroups:
              - name: web
                port: 30080
            healthy: %s
        """
            .formatted(healthy));
  }

  private List<String> all(String state) {
    return cloud.nodes.stream().map(n -> n.instanceId() + " " + state).sorted().toList();
  }

  private List<String> changes() throws Exception {
    return cloud.callsOfNodes("elasticloadbalancing").stream()
        .map(Cloud.Call::operation)
        .filter(o -> o.endsWith("registerTargets") || o.endsWith("RegisterTargets"))
        .toList();
  }

  @Test
  void aDeploymentWithTrafficControlSucceedsAndTheNodesOnlyLook() throws Exception {
    cloud.serve(NODE_PORT);
    cloud.deploymentGroup("lb-app", "web", DeploymentOption.WITH_TRAFFIC_CONTROL);
    startAll();

    String id = cloud.deploy("lb-app", "one.zip", bundle("2m"));

    assertThat(cloud.ended(id, LIMIT))
        .as("%s", cloud.events(id))
        .isEqualTo(DeploymentStatus.SUCCEEDED);
    assertThat(cloud.targetStates(web)).isEqualTo(all("healthy"));
    assertThat(changes()).isEmpty();
    assertThat(cloud.callsOfNodes("codedeploy"))
        .extracting(Cloud.Call::operation)
        .containsExactly("GetDeploymentGroup", "GetDeploymentGroup");
    assertThat(agents.getFirst().get("/status").json().at("/applications/lb-app/serving"))
        .hasToString("true");
    Await.until(
        Duration.ofSeconds(20),
        () ->
            assertThat(agents.getFirst().get("/metrics").body())
                .contains("kodedeploy_targets{state=\"healthy\",target_group=\"web\"} 1")
                .contains("kodedeploy_deployment_total{outcome=\"succeeded\"} 1"));
  }

  @Test
  void aManagedDeploymentRegistersAndTheNextOneDeregistersFirst() throws Exception {
    cloud.serve(NODE_PORT);
    cloud.deploymentGroup("lb-app", "web", DeploymentOption.WITHOUT_TRAFFIC_CONTROL);
    startAll();

    String first = cloud.deploy("lb-app", "one.zip", bundle("2m"));
    assertThat(cloud.ended(first, LIMIT))
        .as("%s", cloud.events(first))
        .isEqualTo(DeploymentStatus.SUCCEEDED);
    var afterFirst = changes();
    var statesAfterFirst = cloud.targetStates(web);
    String second = cloud.deploy("lb-app", "two.zip", bundle("2m"));
    assertThat(cloud.ended(second, LIMIT))
        .as("%s", cloud.events(second))
        .isEqualTo(DeploymentStatus.SUCCEEDED);

    assertThat(afterFirst).containsExactly("RegisterTargets", "RegisterTargets");
    assertThat(statesAfterFirst).isEqualTo(all("healthy"));
    assertThat(changes().subList(2, changes().size()))
        .containsExactly(
            "DeregisterTargets", "RegisterTargets", "DeregisterTargets", "RegisterTargets");
    assertThat(cloud.targetStates(web)).isEqualTo(all("healthy"));
  }

  @Test
  void aKilledAgentGoesOnWithItsCommandAndReportsItOnce() throws Exception {
    cloud.deploymentGroup("lb-app", "web", DeploymentOption.WITHOUT_TRAFFIC_CONTROL);
    startAll();
    String first = cloud.deploy("lb-app", "one.zip", bundle("10m"));
    Await.until(LIMIT, () -> assertThat(cloud.targetStates(web)).isNotEmpty());
    int victim =
        cloud.targetStates(web).getFirst().startsWith(cloud.nodes.getFirst().instanceId()) ? 0 : 1;

    agents.get(victim).kill();
    agents.get(victim).start();
    cloud.serve(NODE_PORT);

    assertThat(cloud.ended(first, LIMIT))
        .as("%s", cloud.events(first))
        .isEqualTo(DeploymentStatus.SUCCEEDED);
    assertThat(completions())
        .as("four events of every node, each once")
        .isEqualTo(4 * cloud.nodes.size());
    assertThat(cloud.targetStates(web)).isEqualTo(all("healthy"));
  }

  private int completions() throws Exception {
    return (int)
        cloud.calls("").stream()
            .filter(c -> c.operation().equals("PutHostCommandComplete"))
            .count();
  }

  @Test
  void hookScriptsAreRefusedUnlessAllowed() throws Exception {
    cloud.deploymentGroup("lb-app", "web", DeploymentOption.WITHOUT_TRAFFIC_CONTROL);
    startAll();

    String id =
        cloud.deploy(
            "lb-app",
            "hooks.zip",
            Map.of(
                "appspec.yml",
                """
                version: 0.0
                os: linux
                hooks:
                  AfterInstall:
                    - location: run.sh
                """,
                "run.sh",
                "#!/bin/sh\ntouch " + folder.resolve("ran") + "\n"));

    assertThat(cloud.ended(id, LIMIT)).isEqualTo(DeploymentStatus.FAILED);
    assertThat(cloud.events(id))
        .filteredOn(e -> e.status() == LifecycleEventStatus.FAILED)
        .first()
        .satisfies(e -> assertThat(e.diagnostics().message()).contains("hooks"));
    assertThat(folder.resolve("ran")).doesNotExist();
  }

  @Test
  void anUnreachableEndpointIsNotReadyAndSaysWhyAndTheProcessStaysUp() throws Exception {
    int closedPort;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closedPort = socket.getLocalPort();
    }
    var node = cloud.nodes.getFirst();
    var agent =
        new AgentProcess(
            folder.resolve("alone"), URI.create("http://127.0.0.1:" + closedPort), node.metadata());
    agents.add(agent);
    agent.start();

    Await.until(
        LIMIT,
        () -> {
          var ready = agent.get("/health/ready");
          assertThat(ready.status()).isEqualTo(503);
          assertThat(ready.body()).contains("poll").contains("127.0.0.1:" + closedPort);
          assertThat(agent.get("/status").json().path("reason").asString(""))
              .contains("127.0.0.1:" + closedPort);
        });
    assertThat(agent.get("/health/live").status()).isEqualTo(200);
    assertThat(agent.terminate()).isZero();
  }

  @Test
  void metadataThatDoesNotAnswerIsAReasonAndNoEnd() throws Exception {
    int closedPort;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closedPort = socket.getLocalPort();
    }
    var agent =
        new AgentProcess(
            folder.resolve("alone"), cloud.url(), URI.create("http://127.0.0.1:" + closedPort));
    agents.add(agent);
    agent.start();

    Await.until(
        LIMIT,
        () -> {
          assertThat(agent.get("/health/ready").body()).contains("identity-unavailable");
          assertThat(agent.get("/status").json().path("state").asString("")).isEqualTo("starting");
        });
    assertThat(agent.alive()).isTrue();
  }

  @Test
  void aWrongKeyStopsTheStartWithTheKeyAndASuggestion() throws Exception {
    var agent = agent(cloud.nodes.getFirst()).setting("traffic.mod: manage").start();

    assertThat(agent.exitCode(LIMIT)).isEqualTo(2);
    assertThat(agent.standardError())
        .contains("unknown key traffic.mod; did you mean traffic.mode?");
  }

  @Test
  void aSecondAgentOnTheSameStateRefusesToStart() throws Exception {
    var first = agent(cloud.nodes.getFirst()).start();
    Await.until(LIMIT, () -> assertThat(first.get("/health/started").status()).isEqualTo(200));

    var second = agent(cloud.nodes.getFirst()).start();

    assertThat(second.exitCode(LIMIT)).isEqualTo(1);
    assertThat(second.standardError()).contains("state-locked");
    assertThat(first.alive()).isTrue();
  }

  @Test
  void aSignalEndsAnIdleAgentWithZero() throws IOException, InterruptedException {
    var agent = agent(cloud.nodes.getFirst()).start();
    Await.until(LIMIT, () -> assertThat(agent.get("/health/started").status()).isEqualTo(200));

    assertThat(agent.terminate()).isZero();
    assertThat(agent.standardError()).isEmpty();
  }
}
