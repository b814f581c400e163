package io.kodedeploy.namespace.apply;

import static io.kodedeploy.namespace.apply.ApplyRig.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.Await;
import io.kodedeploy.namespace.RealKubernetes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Admission webhooks and policies in the way of an apply. */
@ExtendWith(RealKubernetes.Extension.class)
class WebhookIT {
  private static final String DOWN =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingWebhookConfiguration
      metadata: {name: NAMESPACE}
      webhooks:
      - name: down.example.org
        clientConfig: {url: "https://127.0.0.1:1/down"}
        namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE}}
        rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
        objectSelector: {matchLabels: {kodedeploy.io/application: web}}
        sideEffects: None
        admissionReviewVersions: [v1]
      """;

  @TempDir Path folder;
  private ApplyRig rig;

  @BeforeEach
  void webhookThatIsDown(RealKubernetes shared) throws Exception {
    rig = new ApplyRig(shared, folder);
    rig.kubernetes.apply("test", DOWN.replace("NAMESPACE", rig.namespace));
    var probe =
        Files.writeString(
            folder.resolve("probe.yaml"),
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: probe, labels: {kodedeploy.io/application: web}}
            """);
    // The API server takes a moment to hear of it.
    Await.until(Duration.ofSeconds(30), () -> "the webhook is not asked", () -> !admitted(probe));
  }

  private boolean admitted(Path object) {
    try {
      rig.kubernetes.kubectl(
          "create", "-n", rig.namespace, "--dry-run=server", "-f", object.toString());
      return true;
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("failed calling webhook");
      return false;
    }
  }

  @AfterEach
  void closeClient() {
    removeWebhook();
    rig.close();
  }

  /** Whether the step has begun to wait; the client's own repetitions are quicker. */
  private boolean isWaiting() throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.filter(path -> path.endsWith("scripts.log")).toList()) {
        if (Files.readString(file).contains("tried again in ")) {
          return true;
        }
      }
      return false;
    }
  }

  private void removeWebhook() {
    rig.kubernetes.kubectl(
        "delete", "validatingwebhookconfiguration", "--ignore-not-found", rig.namespace);
  }

  @Test
  void webhookThatIsDownIsGivenTimeAndThenNamed() {
    assertThatThrownBy(() -> rig.run("web", ", wait: 4s", SETTINGS))
        .isInstanceOfSatisfying(
            AgentException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CLUSTER_UNREACHABLE))
        .hasMessageContaining("nothing of the stage \"prerequisites\" was written")
        .hasMessageContaining("ConfigMap/" + rig.namespace + "/settings (deploy/0.yaml:1)")
        .hasMessageContaining("failed calling webhook \"down.example.org\"");
    assertThat(rig.get("configmap", "settings", "-o", "name")).isEmpty();
  }

  @Test
  void goesOnWhenTheWebhookIsBack() throws Exception {
    var repair =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Await.until(Duration.ofSeconds(30), () -> "no wait", this::isWaiting);
                    removeWebhook();
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  }
                });

    var log = rig.run("web", ", wait: 60s", SETTINGS);
    repair.join();

    assertThat(log).contains("tried again in ").contains("wrote 1 of 1 objects");
    assertThat(rig.get("configmap", "settings", "-o", "name")).isNotEmpty();
  }
}
