package io.kodedeploy.namespace.apply;

import static io.kodedeploy.namespace.apply.ApplyRig.DEPLOYMENT;
import static io.kodedeploy.namespace.apply.ApplyRig.SECRET;
import static io.kodedeploy.namespace.apply.ApplyRig.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.RealKubernetes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The step against a real API server with its controllers. There is no node: pods stay Pending. */
@ExtendWith(RealKubernetes.Extension.class)
class ApplyStepIT {
  @TempDir Path folder;
  private ApplyRig rig;
  private String namespace;
  private List<Change> changes;

  @BeforeEach
  void namespaceOfItsOwn(RealKubernetes shared) {
    rig = new ApplyRig(shared, folder);
    namespace = rig.namespace;
    changes = rig.changes;
  }

  @AfterEach
  void closeClient() {
    rig.close();
  }

  private String run(String application, String options, String... manifests)
      throws IOException, InterruptedException {
    return rig.run(application, options, manifests);
  }

  private String get(String... arguments) {
    return rig.get(arguments);
  }

  @Test
  void appliesWithManagerAndLabelOfTheApplication() throws Exception {
    var log = run("web", "", SETTINGS, SECRET, DEPLOYMENT.formatted(0));

    assertThat(changes)
        .extracting(Change::toString)
        .containsExactlyInAnyOrder(
            "Secret/%s/key created".formatted(namespace),
            "ConfigMap/%s/settings created".formatted(namespace),
            "Deployment/%s/web created".formatted(namespace));
    assertThat(get("configmap", "settings", "-o", "yaml", "--show-managed-fields"))
        .contains("manager: kodedeploy:web")
        .contains("kodedeploy.io/application: web");
    assertThat(log).contains("wrote 3 of 3 objects").doesNotContain("hunter2");
  }

  @Test
  void writesOnlyWhatDiffers() throws Exception {
    run("web", "", SETTINGS, SECRET);
    changes.clear();

    run("web", "", SETTINGS.replace("blue", "green"), SECRET);

    assertThat(changes)
        .extracting(Change::toString)
        .containsExactlyInAnyOrder(
            "Secret/%s/key unchanged".formatted(namespace),
            "ConfigMap/%s/settings configured".formatted(namespace));
  }

  @Test
  void refusedObjectStopsItsStageBeforeAnythingInItIsWritten() throws Exception {
    var invalid = SETTINGS.replace("\ndata:", "\ndatas:").replace("settings", "invalid");

    assertThatThrownBy(() -> run("web", "", SETTINGS, invalid, DEPLOYMENT.formatted(0)))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.APPLY_REFUSED))
        .hasMessageContaining("ConfigMap/" + namespace + "/invalid (deploy/1.yaml:1)")
        .hasMessageContaining("datas");
    assertThat(get("configmap", "settings", "-o", "name")).isEmpty();
    assertThat(get("deployment", "-o", "name")).isEmpty();
  }

  @Test
  void refusedWorkloadLeavesAnInventoryThatKnowsThePrerequisites() throws Exception {
    var invalid = DEPLOYMENT.formatted(0).replace("labels: {app: web}", "labels: {app: other}");

    assertThatThrownBy(() -> run("web", "", SETTINGS, invalid))
        .hasMessageContaining("Deployment/" + namespace + "/web")
        .hasMessageContaining("selector");

    assertThat(get("configmap", "settings", "-o", "name")).isNotEmpty();
    assertThat(get("configmap", "kodedeploy-inventory-web", "-o", "yaml")).contains("settings");
  }

  @Test
  void kindsThatTheClusterDoesNotServeAreNamedBeforeAnythingIsWritten() throws Exception {
    var widget = "{apiVersion: example.org/v1, kind: Widget, metadata: {name: w}}";
    var wide = "{apiVersion: v1, kind: Namespace, metadata: {name: other}}";

    assertThatThrownBy(() -> run("web", "", SETTINGS, widget, wide))
        .hasMessageContaining(
            "deploy/1.yaml:1: this cluster serves no kind Widget of example.org/v1")
        .hasMessageContaining("deploy/2.yaml:1: Namespace/other belongs to the whole cluster");
    assertThat(get("configmap", "settings", "-o", "name")).isEmpty();
  }

  @Test
  void dataOfASecretIsNeverShown() {
    assertThatThrownBy(() -> run("web", "", SECRET.replace("stringData", "data")))
        .hasMessageContaining("Secret/" + namespace + "/key")
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> run("web", "", SECRET.replace("hunter2", "[hunter2]")))
        .hasMessageContaining("Secret/" + namespace + "/key")
        .hasMessageNotContaining("hunter2");
  }
}
