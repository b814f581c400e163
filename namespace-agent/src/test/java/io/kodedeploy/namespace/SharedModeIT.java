package io.kodedeploy.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import tools.jackson.databind.JsonNode;

/** One packaged agent for two namespaces, with the rights that the chart gives it. */
@ExtendWith(RealKubernetes.Extension.class)
class SharedModeIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;
  private RealKubernetes kubernetes;
  private String place;
  private String shop;
  private String pay;
  private SimulatedAws aws;
  private InstalledChart chart;
  private AgentProcess agent;

  @BeforeEach
  void installed(RealKubernetes shared) throws Exception {
    kubernetes = shared;
    place = shared.newNamespace();
    shop = shared.newNamespace();
    pay = shared.newNamespace();
    aws = new SimulatedAws(List.of(shop, pay));
    for (var namespace : List.of(shop, pay)) {
      aws.registerHostOf(namespace);
      aws.createApplication("web-" + namespace, namespace);
    }
    chart =
        new InstalledChart(shared, folder, place)
            .install(
                Helm.chart(),
                """
                namespaceAgent:
                  mode: shared
                  namespaces:
                    - {name: %s, accept: {sources: ["s3://bundles"]}}
                    - {name: %s, accept: {sources: ["s3://bundles"]}}
                """
                    .formatted(shop, pay));
    agent = AgentProcess.shared(folder, aws, shared, place, List.of(shop, pay));
    agent.start();
    agent.started();
  }

  @AfterEach
  void end() {
    agent.close();
    chart.close();
    aws.close();
  }

  private static Map<String, String> bundle(String metadata, String appSpec) {
    return Map.of(
        "appspec.yml",
        "version: 0.0\nos: linux\nkodedeploy:\n  apply:\n  - {path: deploy}\n" + appSpec,
        "deploy/app.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings%s}\ndata: {colour: blue}\n"
            .formatted(metadata));
  }

  private String deploy(String namespace) throws IOException {
    return aws.deploy("web-" + namespace, namespace, bundle("", ""));
  }

  private JsonNode status(String namespace) throws IOException, InterruptedException {
    return agent.status().path("namespaces").path(namespace);
  }

  private void until(String what, Await.Condition condition) throws InterruptedException {
    Await.until(
        LIMIT,
        () -> {
          try {
            return what + "\n" + agent.status().toPrettyString() + "\n" + agent.output();
          } catch (IOException e) {
            return e.toString();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e.toString();
          }
        },
        condition);
  }

  private DeploymentStatus end(String deployment) throws InterruptedException {
    return aws.awaitEnd(deployment).status();
  }

  @Test
  void oneProcessServesEachNamespaceByItsOwnIdentityAndFollowsTheList() throws Exception {
    var first = deploy(shop);
    var second = deploy(pay);

    assertThat(end(first)).isEqualTo(DeploymentStatus.SUCCEEDED);
    assertThat(end(second)).isEqualTo(DeploymentStatus.SUCCEEDED);
    for (var namespace : List.of(shop, pay)) {
      assertThat(kubernetes.kubectl("get", "configmap", "settings", "-n", namespace, "-o", "name"))
          .isNotEmpty();
      until("ready", () -> status(namespace).path("ready").asBoolean());
      assertThat(status(namespace).path("host").path("identifier").asString())
          .isEqualTo(SimulatedAws.arnOf(namespace));
      assertThat(agent.get("/metrics"))
          .contains(
              "kodedeploy_apply_objects_total{action=\"created\",target_namespace=\"" + namespace);
      assertThat(writersOf(namespace, "settings"))
          .containsOnly("system:serviceaccount:" + namespace + ":kodedeploy-apply");
    }
    assertThat(agent.get("/health/ready")).startsWith("200");

    var list = Files.readString(agent.listOf(shop));
    Files.delete(agent.listOf(shop));
    until("shop leaves", () -> agent.status().path("namespaces").size() == 1);
    assertThat(agent.get("/metrics")).doesNotContain("target_namespace=\"" + shop);
    assertThat(end(aws.deploy("web-" + pay, pay, bundle("", "hooks: {}\n"))))
        .isEqualTo(DeploymentStatus.SUCCEEDED);

    Files.writeString(agent.listOf(shop), list);
    until("shop comes back", () -> status(shop).path("ready").asBoolean());
    assertThat(end(aws.deploy("web-" + shop, shop, bundle("", "hooks: {}\n"))))
        .isEqualTo(DeploymentStatus.SUCCEEDED);
    assertThat(agent.terminate()).isZero();
  }

  /** Who wrote an object of a namespace, by the API server's log. */
  private List<String> writersOf(String namespace, String name) throws IOException {
    try (var lines = Files.lines(kubernetes.audit())) {
      return lines
          .filter(line -> line.contains("\"namespace\":\"" + namespace + "\""))
          .filter(line -> line.contains("\"name\":\"" + name + "\""))
          .filter(line -> line.contains("\"verb\":\"patch\""))
          .map(line -> line.replaceAll(".*?\"user\":\\{\"username\":\"([^\"]*)\".*", "$1"))
          .distinct()
          .toList();
    }
  }

  @Test
  void aNamespaceWithoutACredentialDelaysNobodyAndSaysSo() throws Exception {
    agent.identity(shop, "iam_user_arn: nonsense\n");
    Files.writeString(
        agent.listOf(shop), Files.readString(agent.listOf(shop)) + "apply.wait: 4m\n");
    until("refused", () -> status(shop).path("state").asString().equals("refused"));

    assertThat(status(shop).path("problem").asString()).contains("codedeploy.onpremises.yml");
    assertThat(end(deploy(pay))).isEqualTo(DeploymentStatus.SUCCEEDED);

    agent.identity(shop, SimulatedAws.identityOf(shop));
    assertThat(end(deploy(shop))).isEqualTo(DeploymentStatus.SUCCEEDED);
  }

  private String failure(String deployment) throws InterruptedException {
    assertThat(end(deployment)).isEqualTo(DeploymentStatus.FAILED);
    return aws.target(deployment).lifecycleEvents().stream()
        .filter(event -> event.diagnostics() != null && event.diagnostics().message() != null)
        .map(event -> event.diagnostics().message())
        .collect(Collectors.joining("\n"));
  }

  @Test
  void aBundleOfOneNamespaceReachesNothingOfAnother() throws Exception {
    var web = "web-" + shop;
    var elsewhere = ", namespace: " + pay;
    assertThat(failure(aws.deploy(web, shop, bundle(elsewhere, "")))).contains(pay);

    var identities = folder.resolve("identities");
    var files = "files:\n- {source: deploy, destination: %s}\n".formatted(identities);
    assertThat(failure(aws.deploy(web, shop, bundle("", files)))).contains("is not below /deploy");
    assertThat(identities.resolve("app.yaml")).doesNotExist();

    var kustomized = new HashMap<>(bundle("", ""));
    kustomized.put("deploy/kustomization.yaml", "resources: [app.yaml]\n");
    assertThat(failure(aws.deploy(web, shop, kustomized))).contains("executes nothing of a bundle");

    var run = "  run:\n  - {event: AfterInstall, image: a, serviceAccountName: kodedeploy-agent}\n";
    assertThat(failure(aws.deploy(web, shop, bundle("", run)))).contains("serviceAccountName");

    // A group of shop's application that carries pay's tags reaches pay's host, which does not take
    // it.
    aws.createGroup(web, "test-" + shop + "-more", pay);
    var through = aws.deployThrough("test-" + shop + "-more", web, bundle("", ""));
    assertThat(end(through)).isEqualTo(DeploymentStatus.FAILED);

    assertThat(kubernetes.kubectl("get", "configmap", "settings", "-n", pay, "--ignore-not-found"))
        .isEmpty();
    assertThat(end(deploy(pay))).isEqualTo(DeploymentStatus.SUCCEEDED);
    assertThat(agent.output()).doesNotContain(SimulatedAws.secretOf(pay));
  }
}
