package io.kodedeploy.simulator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kodedeploy.simulator.CommandLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubectlIT {
  private static final String MANIFESTS =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings}
      data: {colour: blue}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        replicas: 2
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{name: web, image: "example.invalid/web:1"}]}
      """;

  private final TestCluster cluster = new TestCluster();
  @TempDir private Path folder;
  private CommandLine kubectl;

  @BeforeEach
  void findKubectl() throws Exception {
    assumeTrue(CommandLine.has("kubectl"), "skipped: there is no kubectl on this machine");
    Files.writeString(folder.resolve("kubeconfig"), cluster.cluster().kubeconfig());
    Files.writeString(folder.resolve("app.yaml"), MANIFESTS);
    Files.writeString(folder.resolve("other.yaml"), MANIFESTS.replace("blue", "red"));
    kubectl =
        new CommandLine(
            folder,
            Map.of(
                "KUBECONFIG", folder.resolve("kubeconfig").toString(),
                "HOME", folder.toString()));
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void appliesWaitsAndShows() throws Exception {
    assertThat(kubectl.succeed("kubectl", "-n", "demo", "apply", "--server-side", "-f", "app.yaml"))
        .contains("deployment.apps/web serverside-applied");

    assertThat(
            kubectl.succeed(
                "kubectl", "-n", "demo", "rollout", "status", "deployment/web", "--timeout=60s"))
        .contains("deployment \"web\" successfully rolled out");
    assertThat(kubectl.succeed("kubectl", "-n", "demo", "get", "deployment", "web"))
        .containsPattern("web +2/2 +2 +2");
  }

  @Test
  void explainsAConflict() throws Exception {
    kubectl.succeed(
        "kubectl",
        "-n",
        "demo",
        "apply",
        "--server-side",
        "--field-manager=first",
        "-f",
        "app.yaml");

    var refused =
        kubectl.run(
            "kubectl",
            "-n",
            "demo",
            "apply",
            "--server-side",
            "--field-manager=second",
            "-f",
            "other.yaml");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.errors())
        .contains("Apply failed with 1 conflict: conflict with \"first\": .data.colour");
  }

  @Test
  void appliesClientSideScalesAndDeletes() throws Exception {
    kubectl.succeed("kubectl", "-n", "demo", "apply", "-f", "app.yaml");
    kubectl.succeed("kubectl", "-n", "demo", "apply", "-f", "other.yaml");
    assertThat(
            kubectl.succeed(
                "kubectl", "-n", "demo", "get", "configmap", "settings", "-o", "jsonpath={.data}"))
        .isEqualTo("{\"colour\":\"red\"}");

    kubectl.succeed("kubectl", "-n", "demo", "scale", "deployment/web", "--replicas=1");
    kubectl.succeed(
        "kubectl",
        "-n",
        "demo",
        "wait",
        "deployment/web",
        "--for=jsonpath={.status.replicas}=1",
        "--timeout=60s");
    kubectl.succeed("kubectl", "-n", "demo", "delete", "-f", "app.yaml", "--timeout=60s");

    cluster.awaitTrue(
        "the pods are gone",
        () -> cluster.client().pods().inNamespace("demo").list().getItems().isEmpty());
  }
}
