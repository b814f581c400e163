package io.kodedeploy.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.codedeploy.model.DeploymentStatus;
import software.amazon.awssdk.services.codedeploy.model.LifecycleEvent;
import tools.jackson.databind.JsonNode;

/** The packaged agent against a simulated AWS and a real Kubernetes. */
@ExtendWith(RealKubernetes.Extension.class)
class NamespaceAgentIT {
  private static final String SETTINGS =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings}
      data: {colour: blue}
      """;
  private static final String NEVER_READY =
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: disk}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
      """;

  @TempDir Path folder;
  private final SimulatedAws aws = new SimulatedAws();
  private RealKubernetes kubernetes;
  private String namespace;

  @BeforeEach
  void host(RealKubernetes shared) {
    kubernetes = shared;
    namespace = shared.newNamespace();
    aws.registerHost(namespace);
    aws.createApplication("web", namespace);
  }

  @AfterEach
  void end() {
    aws.close();
  }

  private static Map<String, String> bundle(String options, String manifest, String hooks) {
    var files = new HashMap<String, String>();
    files.put(
        "appspec.yml",
        "version: 0.0\nos: linux\nkodedeploy:\n  apply:\n  - {path: deploy"
            + options
            + "}\n"
            + hooks);
    files.put("deploy/app.yaml", manifest);
    return files;
  }

  private static Map<String, String> bundle() {
    return bundle(", prune: true", SETTINGS, "");
  }

  private AgentProcess agent() throws IOException, InterruptedException {
    return new AgentProcess(folder, aws, kubernetes, namespace).started();
  }

  private String get(String... arguments) {
    var all = new ArrayList<>(List.of("get", "-n", namespace, "--ignore-not-found"));
    all.addAll(List.of(arguments));
    return kubernetes.kubectl(all.toArray(String[]::new));
  }

  private LifecycleEvent event(String deployment, String name) {
    return aws.target(deployment).lifecycleEvents().stream()
        .filter(event -> event.lifecycleEventName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private List<JsonNode> reports() throws IOException, InterruptedException {
    var reports = new ArrayList<JsonNode>();
    aws.requests("codedeploy-commands", "PutHostCommandComplete").forEach(reports::add);
    return reports;
  }

  @Test
  void aPausedNamespaceFailsADeploymentAtOnceAndSaysWhy() throws Exception {
    kubernetes.kubectl("annotate", "namespace", namespace, "kodedeploy.io/pause=audit until noon");
    try (var _ = agent()) {
      var paused = aws.deploy("web", namespace, bundle());
      var end = aws.awaitEnd(paused);

      assertThat(end.status()).isEqualTo(DeploymentStatus.FAILED);
      assertThat(event(paused, "ApplicationStop").diagnostics().message())
          .contains("kodedeploy.io/pause: audit until noon");
      assertThat(get("configmap", "settings")).isEmpty();

      kubernetes.kubectl("annotate", "namespace", namespace, "kodedeploy.io/pause-");
      assertThat(aws.awaitEnd(aws.deploy("web", namespace, bundle())).status())
          .isEqualTo(DeploymentStatus.SUCCEEDED);
    }
  }

  @Test
  void deploysABundleAndItsHookScripts() throws Exception {
    var files =
        bundle(
            ", prune: true",
            SETTINGS,
            "hooks:\n  AfterInstall:\n  - {location: after.sh, timeout: 30}\n");
    files.put("after.sh", "#!/bin/sh\necho kubeconfig=$KUBECONFIG app=$APPLICATION_NAME; exit 0\n");
    try (var agent = agent()) {
      var deployment = aws.deploy("web", namespace, files);

      assertThat(aws.awaitEnd(deployment).status()).isEqualTo(DeploymentStatus.SUCCEEDED);
      assertThat(get("configmap", "settings", "-o", "jsonpath={.data.colour}")).isEqualTo("blue");
      Await.until(
          Duration.ofSeconds(30), () -> "not current", () -> agent.state("web").equals("current"));
      var installed = agent.status().path("applications").path("web").path("installed");
      assertThat(installed.path("deploymentId").asString()).isEqualTo(deployment);
      assertThat(installed.path("bundleSha256").asString()).hasSize(64);
      assertThat(agent.get("/metrics"))
          .contains("kodedeploy_apply_objects_total{action=\"created\"")
          .contains("target_namespace=\"" + namespace + "\"");
      assertThat(get("configmap", "kodedeploy-state", "-o", "yaml")).contains(deployment);
      Await.until(
          Duration.ofSeconds(30),
          () -> "record: " + aws.object("kodedeploy-status/test/" + namespace + "/green.json"),
          () ->
              aws.object("kodedeploy-status/test/" + namespace + "/green.json")
                  .matches("(?s).*\"web\":\\{[^}]*\"sha256\":\"[0-9a-f]{64}\",\"ready\":true.*"));
      assertThat(agent.output()).doesNotContain("DEBUG").doesNotContain(SimulatedAws.HOST_SECRET);
      assertThat(agent.terminate()).isZero();
    }
  }

  @Test
  void freshAgentCatchesUpByItselfAndOnlyReads() throws Exception {
    try (var first = agent()) {
      aws.awaitEnd(aws.deploy("web", namespace, bundle()));
      assertThat(first.terminate()).isZero();
    }
    kubernetes.kubectl("delete", "configmap", "--all", "-n", namespace);
    var fresh = java.nio.file.Files.createDirectory(folder.resolve("fresh"));

    try (var agent = new AgentProcess(fresh, aws, kubernetes, namespace).started()) {
      Await.until(
          Duration.ofSeconds(60),
          () -> "never current",
          () -> agent.state("web").equals("current"));

      assertThat(get("configmap", "settings", "-o", "jsonpath={.data.colour}")).isEqualTo("blue");
      Await.until(
          Duration.ofSeconds(10),
          () -> "no metric",
          () -> agent.get("/metrics").contains("kodedeploy_catch_up_seconds{"));
      assertThat(agent.output()).contains("every application is what its groups want");
      for (var request : aws.requests("codedeploy", "")) {
        if (request.path("caller").asString().equals(SimulatedAws.HOST_ARN)) {
          assertThat(request.path("operation").asString()).matches("(List|Get|BatchGet).*");
        }
      }
    }
  }

  @Test
  void killedDuringTheWaitItGoesOnAndReportsOnce() throws Exception {
    try (var agent = agent()) {
      var deployment = aws.deploy("web", namespace, bundle(", wait: 15s", NEVER_READY, ""));
      awaitObject("pvc", "disk");
      var before = reports().size();

      agent.kill();
      agent.start();

      assertThat(aws.awaitEnd(deployment).status()).isEqualTo(DeploymentStatus.FAILED);
      assertThat(event(deployment, "Install").diagnostics().message())
          .as("what the second life waited for")
          .contains("PersistentVolumeClaim", "disk");
      assertThat(reports()).hasSize(before + 1);
      assertThat(notedCommands()).isEmpty();
    }
  }

  @Test
  void aPodThatIsReplacedWithItsWholeDiskGoesOn() throws Exception {
    try (var agent = agent()) {
      var first = aws.deploy("web", namespace, bundle());
      assertThat(aws.awaitEnd(first).status()).isEqualTo(DeploymentStatus.SUCCEEDED);
      var slow = aws.deploy("web", namespace, bundle(", prune: true, wait: 15s", NEVER_READY, ""));
      awaitObject("pvc", "disk");
      var before = reports().size();

      agent.kill();
      agent.loseDisk();
      agent.start();

      assertThat(aws.awaitEnd(slow).status()).isEqualTo(DeploymentStatus.FAILED);
      assertThat(event(slow, "Install").diagnostics().errorCodeAsString())
          .as("an apply that failed, not one that was forgotten")
          .isEqualTo("ScriptFailed");
      assertThat(reports()).hasSize(before + 1);
      var next = aws.deploy("web", namespace, bundle());
      assertThat(aws.awaitEnd(next).status())
          .as(() -> aws.target(next).lifecycleEvents().toString())
          .isEqualTo(DeploymentStatus.SUCCEEDED);
    }
  }

  @Test
  void aScriptThatARestartInterruptedFailsAtOnce() throws Exception {
    try (var agent = agent()) {
      var files =
          new HashMap<>(
              bundle(", prune: true", SETTINGS, "hooks: {AfterInstall: [{location: slow.sh}]}\n"));
      files.put(
          "slow.sh",
          "#!/bin/sh\ntouch %1$s/begun\nwhile [ -d %1$s ]; do sleep 0.1; done\n".formatted(folder));
      var deployment = aws.deploy("web", namespace, files);
      Await.until(
          Duration.ofSeconds(60), () -> "never run", () -> Files.exists(folder.resolve("begun")));

      agent.kill();
      agent.start();

      assertThat(aws.awaitEnd(deployment).status()).isEqualTo(DeploymentStatus.FAILED);
      var diagnostics = event(deployment, "AfterInstall").diagnostics();
      assertThat(diagnostics.scriptName()).isEqualTo("slow.sh");
      assertThat(diagnostics.message()).contains("script interrupted by an agent restart");
    }
  }

  @Test
  void aGroupOfAnotherTeamWithTheTagsOfThisHostIsRefusedAndNotFollowed() throws Exception {
    try (var agent =
        new AgentProcess(
                folder,
                aws,
                kubernetes,
                namespace,
                "accept.groups: [%s]\naccept.sources: ['s3://bundles']\n"
                    .formatted(aws.group(namespace)))
            .started()) {
      var own = aws.deploy("web", namespace, bundle());
      assertThat(aws.awaitEnd(own).status()).isEqualTo(DeploymentStatus.SUCCEEDED);
      aws.createGroup("web", "intruder", namespace);

      var foreign = aws.deployThrough("intruder", "web", bundle(", prune: true", NEVER_READY, ""));

      assertThat(aws.awaitEnd(foreign).status()).isEqualTo(DeploymentStatus.FAILED);
      assertThat(aws.target(foreign).lifecycleEvents())
          .anySatisfy(
              event ->
                  assertThat(event.diagnostics().message())
                      .contains("accept.groups allows " + aws.group(namespace), "intruder"));
      assertThat(get("pvc", "disk", "-o", "name")).isEmpty();
      Await.until(
          Duration.ofSeconds(30), () -> "not current", () -> agent.state("web").equals("current"));
    }
  }

  @Test
  void whatSomebodyChangedIsReportedAndTakenBackWhenRepairIsOn() throws Exception {
    var settings = "drift.interval: 2s\n";
    try (var agent =
        new AgentProcess(folder, aws, kubernetes, namespace, settings + "drift: report\n")
            .started()) {
      aws.awaitEnd(aws.deploy("web", namespace, bundle()));
      kubernetes.kubectl(
          "patch",
          "configmap",
          "settings",
          "-n",
          namespace,
          "-p",
          "{\"data\":{\"colour\":\"red\"}}");
      Await.until(
          Duration.ofSeconds(40),
          () -> "no drift is said",
          () -> agent.get("/status").contains("kubectl-patch (data.colour)"));
      assertThat(agent.get("/metrics"))
          .contains("kodedeploy_drift_objects{target_namespace=\"" + namespace + "\"} 1");
      assertThat(get("configmap", "settings", "-o", "jsonpath={.data.colour}")).isEqualTo("red");
      agent.terminate();
    }

    try (var agent =
        new AgentProcess(folder, aws, kubernetes, namespace, settings + "drift: repair\n")
            .started()) {
      Await.until(
          Duration.ofSeconds(40),
          () -> "not repaired",
          () -> get("configmap", "settings", "-o", "jsonpath={.data.colour}").equals("blue"));
      Await.until(
          Duration.ofSeconds(20),
          () -> "still said",
          () -> agent.get("/metrics").matches("(?s).*kodedeploy_drift_objects\\{[^}]*} 0.*"));
      assertThat(agent.output())
          .contains("objects are not as they were applied", "drift is repaired");
    }
  }

  private void awaitObject(String kind, String name) throws Exception {
    Await.until(
        Duration.ofSeconds(60),
        () -> "never applied",
        () -> !get(kind, name, "-o", "name").isEmpty());
  }

  private String notedCommands() {
    return get("configmap", "kodedeploy-commands", "-o", "jsonpath={.data}")
        .lines()
        .filter(line -> line.contains("command."))
        .findFirst()
        .orElse("");
  }

  @Test
  void brokenManifestIsExplainedInTheDeploymentsTarget() throws Exception {
    try (var agent = agent()) {
      var deployment =
          aws.deploy(
              "web", namespace, bundle("", "apiVersion: v1\nkind: ConfigMap\ndata: [\n", ""));

      assertThat(aws.awaitEnd(deployment).status()).isEqualTo(DeploymentStatus.FAILED);
      var diagnostics = event(deployment, "Install").diagnostics();
      assertThat(diagnostics.errorCodeAsString()).isEqualTo("ScriptFailed");
      assertThat(diagnostics.scriptName()).isEqualTo("kodedeploy.apply");
      assertThat(diagnostics.message()).contains("deploy/app.yaml:").contains("not YAML");
      assertThat(get("configmap", "kodedeploy-inventory-web", "-o", "name")).isEmpty();
      assertThat(agent.get("/health/ready")).startsWith("200");
    }
  }

  @Test
  void commandUnderWayFinishesAfterSigterm() throws Exception {
    try (var agent = agent()) {
      var files =
          bundle("", SETTINGS, "hooks:\n  BeforeInstall:\n  - {location: slow.sh, timeout: 60}\n");
      files.put("slow.sh", "#!/bin/sh\ntouch " + folder + "/begun\nsleep 3\n");
      var deployment = aws.deploy("web", namespace, files);
      Await.until(
          Duration.ofSeconds(60),
          () -> "the script never began",
          () -> java.nio.file.Files.exists(folder.resolve("begun")));

      assertThat(agent.terminate()).isZero();

      assertThat(event(deployment, "BeforeInstall").statusAsString()).isEqualTo("Succeeded");
    }
  }
}
