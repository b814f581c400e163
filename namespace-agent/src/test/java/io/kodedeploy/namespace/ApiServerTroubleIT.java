package io.kodedeploy.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.codedeploy.model.LifecycleEventStatus;
import tools.jackson.databind.JsonNode;

/**
 * What an agent does, and says, while its API server is away or overloaded, or its namespace goes.
 */
@ExtendWith(RealKubernetes.Extension.class)
class ApiServerTroubleIT {
  private static final String OBJECTS =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: first}
      data: {colour: blue}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: second}
      stringData: {password: hunter2}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        REPLICAS
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec:
            securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
            containers:
              - name: web
                image: "example.invalid/web:1"
                securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      """;

  @TempDir Path folder;
  private final SimulatedAws aws = new SimulatedAws();
  private RealKubernetes kubernetes;
  private String namespace;
  private FaultyApi api;

  @BeforeEach
  void host(RealKubernetes shared) throws Exception {
    kubernetes = shared;
    namespace = shared.newNamespace();
    aws.registerHost(namespace);
    aws.createApplication("web", namespace);
    api = new FaultyApi(shared, folder);
  }

  @AfterEach
  void end() {
    api.close();
    aws.close();
  }

  private AgentProcess agent() throws IOException, InterruptedException {
    var settings = "kubernetes.kubeconfig: " + api.kubeconfig() + "\ncatch-up.mode: off\n";
    return new AgentProcess(folder, aws, kubernetes, namespace, settings).started();
  }

  /** A bundle of three objects, of which one is never ready with any replica: there is no node. */
  private static Map<String, String> bundle(int replicas) {
    return Map.of(
        "appspec.yml",
        "version: 0.0\nos: linux\nkodedeploy: {apply: [{path: deploy, wait: 90s}]}\n",
        "deploy/app.yaml",
        OBJECTS.replace("REPLICAS", "replicas: " + replicas));
  }

  private static JsonNode command(JsonNode status) {
    return status.path("commands").path(0);
  }

  private void succeeds(String deployment) throws InterruptedException {
    assertThat(aws.awaitEnd(deployment).status())
        .as(() -> aws.target(deployment).lifecycleEvents().toString())
        .isEqualTo(DeploymentStatus.SUCCEEDED);
  }

  private void awaitWait(AgentProcess agent, String text) throws InterruptedException {
    Await.until(
        Duration.ofSeconds(30),
        () -> "not said: " + text,
        () -> command(agent.status()).path("waitsFor").asString("").contains(text));
  }

  @Test
  void anApplyGoesOnWhereTheApiServerLeftItAndTheStatusSaysWhatItWaitsFor() throws Exception {
    try (var agent = agent()) {
      api.leaveAt(call -> call.matches("PATCH .*/deployments/web\\?.*fieldValidation=Ignore.*"));
      var deployment = aws.deploy("web", namespace, bundle(0));
      Await.until(Duration.ofSeconds(30), () -> "never came", api::isAway);
      var left = Instant.now();
      awaitWait(agent, "/deployments/web");

      var status = agent.status();

      assertThat(Instant.parse(command(status).path("waitsSince").asString()))
          .isBetween(left.minusSeconds(5), Instant.now());
      assertThat(status.path("kubernetes").path("waitsFor").asString()).contains("127.0.0.1");
      assertThat(Instant.parse(status.path("kubernetes").path("waitsSince").asString()))
          .isBetween(left.minusSeconds(5), Instant.now());

      api.comeBack();
      succeeds(deployment);
      assertThat(api.calls("PATCH .*/secrets/second\\?.*fieldValidation=Ignore.*"))
          .as("what was written is not written again")
          .hasSize(1);
      Await.until(
          Duration.ofSeconds(10),
          () -> "still said",
          () -> !agent.status().path("kubernetes").has("waitsFor"));
    }
  }

  @Test
  void aWaitOutlastsAnApiServerThatIsAway() throws Exception {
    try (var agent = agent()) {
      var deployment = aws.deploy("web", namespace, bundle(1));
      awaitWait(agent, "Deployment/" + namespace + "/web: ");
      var since = command(agent.status()).path("waitsSince").asString();

      api.leave();
      awaitWait(agent, "/deployments");
      assertThat(command(agent.status()).path("waitsSince").asString()).isEqualTo(since);

      kubernetes.kubectl("scale", "deployment", "web", "--replicas=0", "-n", namespace);
      api.comeBack();
      succeeds(deployment);
    }
  }

  @Test
  void everyKindOfCallIsRepeatedWhenAnOverloadedApiServerAsksForIt() throws Exception {
    var overloaded =
        Map.of(
            "inventories", "GET .*/configmaps\\?labelSelector=.*",
            "dry run", "PATCH .*/secrets/second\\?dryRun=All.*",
            "write", "PATCH .*/configmaps/first\\?.*fieldValidation=Ignore.*",
            "inventory", "(POST .*/configmaps|PUT .*/configmaps/kodedeploy-inventory-web)",
            "notes", "PATCH .*/configmaps/kodedeploy-commands",
            "discovery", "GET /apis/apps/v1",
            "object", "GET .*/deployments/web",
            "lease", "POST .*/leases");
    overloaded.values().forEach(call -> api.overload(call, 1));
    try (var agent = agent()) {
      var deployment = aws.deploy("web", namespace, bundle(1));
      Await.until(
          Duration.ofSeconds(30),
          () -> "not said",
          () ->
              agent
                  .status()
                  .path("kubernetes")
                  .path("waitsFor")
                  .asString("")
                  .contains(": HTTP 429, to be repeated after 1 s"));
      awaitWait(agent, "Deployment/" + namespace + "/web: ");
      kubernetes.kubectl("scale", "deployment", "web", "--replicas=0", "-n", namespace);

      succeeds(deployment);

      overloaded.forEach(
          (name, call) -> {
            var calls = api.calls(call);
            assertThat(calls).as(name).hasSizeGreaterThan(1);
            var first = calls.stream().filter(one -> one.code() == 429).findFirst().orElseThrow();
            var next = calls.get(calls.indexOf(first) + 1);
            assertThat(Duration.ofNanos(next.nanos() - first.nanos()))
                .as(name)
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
          });
    }
  }

  @Test
  void aNamespaceThatIsDeletedFailsItsDeploymentsAtOnce() throws Exception {
    kubernetes.apply(
        "test",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: held, namespace: %s, finalizers: [example.org/held]}
        """
            .formatted(namespace));
    try (var agent = agent()) {
      var running = aws.deploy("web", namespace, bundle(1));
      awaitWait(agent, "Deployment/" + namespace + "/web: ");

      kubernetes.kubectl("delete", "namespace", namespace, "--wait=false");
      var deleted = System.nanoTime();

      assertThat(failure(running)).contains("namespace " + namespace + " is being deleted, since");
      var next = aws.deploy("web", namespace, bundle(0));
      assertThat(failure(next))
          .containsPattern(namespace + ".* is being (deleted, since|terminated)");
      assertThat(Duration.ofNanos(System.nanoTime() - deleted)).isLessThan(Duration.ofSeconds(30));
      assertThat(agent.output()).contains("\"code\":\"namespace-ending\"");

      kubernetes.kubectl(
          "patch",
          "configmap",
          "held",
          "-n",
          namespace,
          "--type=merge",
          "-p",
          "{\"metadata\":{\"finalizers\":null}}");
      kubernetes.kubectl("wait", "--for=delete", "namespace/" + namespace, "--timeout=30s");
      assertThat(failure(aws.deploy("web", namespace, bundle(0)))).contains(namespace);
    }
  }

  private String failure(String deployment) throws InterruptedException {
    assertThat(aws.awaitEnd(deployment).status()).isEqualTo(DeploymentStatus.FAILED);
    return aws.target(deployment).lifecycleEvents().stream()
        .filter(event -> event.status() == LifecycleEventStatus.FAILED)
        .map(event -> event.diagnostics().message())
        .findFirst()
        .orElseThrow();
  }
}
