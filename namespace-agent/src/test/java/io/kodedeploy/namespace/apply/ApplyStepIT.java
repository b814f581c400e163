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
import java.time.Duration;
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
  private RealKubernetes kubernetes;
  private String namespace;
  private List<Change> changes;

  @BeforeEach
  void namespaceOfItsOwn(RealKubernetes shared) {
    kubernetes = shared;
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

  private List<String> writes() throws IOException {
    return rig.writes();
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
  void secondRunWritesNothingAndSaysSo() throws Exception {
    run("web", ", prune: true", SETTINGS, SECRET, DEPLOYMENT.formatted(0));
    var versions =
        get("configmap,secret,deployment", "-o", "jsonpath={.items[*].metadata.resourceVersion}");
    var writes = writes();
    changes.clear();

    var log = run("web", ", prune: true", SETTINGS, SECRET, DEPLOYMENT.formatted(0));

    assertThat(log).contains("nothing to write: all 3 objects are as the bundle wants them");
    assertThat(changes).extracting(Change::action).containsOnly(Change.Action.UNCHANGED);
    assertThat(
            get(
                "configmap,secret,deployment",
                "-o",
                "jsonpath={.items[*].metadata.resourceVersion}"))
        .isEqualTo(versions);
    assertThat(writes()).isEqualTo(writes).isNotEmpty();
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
  void conflictNamesFieldAndManagerAndChangesNothingUnlessForced() throws Exception {
    run("web", "", SETTINGS);
    kubernetes.apply(
        "someone",
        SETTINGS
            .replace("blue", "red")
            .replace("name: settings", "name: settings, namespace: " + namespace));

    assertThatThrownBy(() -> run("web", "", SETTINGS, SECRET))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.APPLY_CONFLICT))
        .hasMessageContaining("ConfigMap/" + namespace + "/settings (deploy/0.yaml:1)")
        .hasMessageContaining(".data.colour")
        .hasMessageContaining("\"someone\"");
    assertThat(get("configmap", "settings", "-o", "jsonpath={.data.colour}")).isEqualTo("red");
    assertThat(get("secret", "key", "-o", "name")).isEmpty();

    run("web", ", force: true", SETTINGS);
    assertThat(get("configmap", "settings", "-o", "jsonpath={.data.colour}")).isEqualTo("blue");
  }

  @Test
  void prunesByItsInventoryUnlessToldNotTo() throws Exception {
    run("web", "", SETTINGS, SECRET);

    run("web", ", prune: false", SETTINGS);
    assertThat(get("secret", "key", "-o", "name")).isEqualTo("secret/key\n");

    changes.clear();
    run("web", "", SETTINGS);
    assertThat(get("secret", "key", "-o", "name")).isEmpty();
    assertThat(changes)
        .contains(
            new Change(
                new io.kodedeploy.namespace.manifest.ObjectKey("", "Secret", namespace, "key"),
                Change.Action.PRUNED));
    assertThat(get("configmap", "kodedeploy-inventory-web", "-o", "yaml"))
        .contains("settings")
        .doesNotContain("Secret");
  }

  @Test
  void doesNotPruneWhatSomebodyTookOver() throws Exception {
    run("web", "", SETTINGS, SECRET);
    kubernetes.kubectl(
        "label", "secret", "key", "-n", namespace, "kodedeploy.io/application-", "owner=me");

    run("web", ", prune: true", SETTINGS);

    assertThat(get("secret", "key", "-o", "name")).isEqualTo("secret/key\n");
  }

  @Test
  void twoApplicationsNeverTouchEachOther() throws Exception {
    run("one", ", prune: true", SETTINGS);
    run("two", ", prune: true", SECRET);

    assertThatThrownBy(() -> run("two", ", prune: true, force: true", SECRET, SETTINGS))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.APPLY_CONFLICT))
        .hasMessageContaining("belongs to application \"one\"");
    run("two", ", prune: true", DEPLOYMENT.formatted(0));

    assertThat(
            get(
                "configmap",
                "settings",
                "-o",
                "jsonpath={.metadata.labels.kodedeploy\\.io/application}"))
        .isEqualTo("one");
    assertThat(get("secret", "key", "-o", "name")).isEmpty();
  }

  @Test
  void claimOfAnotherApplicationCountsEvenBeforeItWrote() throws Exception {
    run("one", "", SETTINGS);
    kubernetes.kubectl("delete", "configmap", "settings", "-n", namespace);

    assertThatThrownBy(() -> run("two", "", SETTINGS))
        .hasMessageContaining("belongs to application \"one\"");
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
  void failingRollOutIsExplained() {
    assertThatThrownBy(() -> run("web", ", wait: 3s, prune: true", DEPLOYMENT.formatted(1)))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY))
        .hasMessageContaining("1 objects are not ready after 3 s")
        .hasMessageContaining("Deployment/" + namespace + "/web: 0 of 1 pods are available")
        .hasMessageContaining("pod web-")
        .hasMessageContaining("Unschedulable: no nodes available");
  }

  @Test
  void waitEndsAtOnceWhenNothingCanImprove() {
    var job =
        """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: once}
        spec:
          activeDeadlineSeconds: 1
          template: {spec: {restartPolicy: Never, containers: [{name: a, image: example.invalid/a}]}}
        """;
    var begin = System.nanoTime();

    assertThatThrownBy(() -> run("web", ", wait: 50m", job))
        .hasMessageContaining("cannot become so")
        .hasMessageContaining("Job/" + namespace + "/once: DeadlineExceeded");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMinutes(1));
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
