package io.kodedeploy.namespace.apply;

import static io.kodedeploy.namespace.apply.ApplyRig.DEPLOYMENT;
import static io.kodedeploy.namespace.apply.ApplyRig.SECRET;
import static io.kodedeploy.namespace.apply.ApplyRig.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.RealKubernetes;
import io.kodedeploy.namespace.manifest.ObjectKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What happens to objects that left the bundle. */
@ExtendWith(RealKubernetes.Extension.class)
class PruneIT {
  private static final String KEEP =
      "name: settings, annotations: {kodedeploy.io/prune: \"false\"}";

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

  @Test
  void prunesByItsInventoryUnlessToldNotTo() throws Exception {
    run("web", "", SETTINGS, SECRET);

    run("web", ", prune: false", SETTINGS);
    assertThat(get("secret", "key", "-o", "name")).isEqualTo("secret/key\n");

    changes.clear();
    run("web", "", SETTINGS);
    assertThat(get("secret", "key", "-o", "name")).isEmpty();
    assertThat(changes)
        .contains(new Change(new ObjectKey("", "Secret", namespace, "key"), Change.Action.PRUNED));
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
  void deletesWorkloadsBeforeWhatTheyNeed() throws Exception {
    run("web", "", SETTINGS, SECRET, DEPLOYMENT.formatted(0));

    changes.clear();
    run("web", "", SECRET);

    assertThat(changes)
        .extracting(Change::toString)
        .containsSubsequence(
            "Deployment/%s/web pruned".formatted(namespace),
            "ConfigMap/%s/settings pruned".formatted(namespace));
  }

  @Test
  void objectStaysWhenItsAnnotationSaysSo() throws Exception {
    run("web", "", SETTINGS.replace("name: settings", KEEP), SECRET);

    var log = run("web", "", SECRET);

    assertThat(log).contains("settings left the bundle, but stays: its annotation");
    assertThat(get("configmap", "settings", "-o", "name")).isNotEmpty();
    changes.clear();
    run("web", "", SECRET);
    assertThat(changes).extracting(Change::action).containsOnly(Change.Action.UNCHANGED);
  }

  @Test
  void objectStaysThatAControllerOwnsOrWhoseFieldsAnotherManagerTook() throws Exception {
    run("web", "", SETTINGS, SECRET, DEPLOYMENT.formatted(0));
    var uid = get("deployment", "web", "-o", "jsonpath={.metadata.uid}");
    kubernetes.kubectl(
        "patch",
        "configmap",
        "settings",
        "-n",
        namespace,
        "-p",
        "{\"metadata\":{\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\","
            + "\"name\":\"web\",\"uid\":\""
            + uid
            + "\",\"controller\":true}]}}");
    kubernetes.kubectl(
        "patch", "secret", "key", "-n", namespace, "-p", "{\"metadata\":{\"managedFields\":[{}]}}");

    var log = run("web", "", DEPLOYMENT.formatted(0));

    assertThat(log)
        .contains("settings left the bundle, but stays: it is owned by Deployment/web")
        .contains("key left the bundle, but stays: another manager took over every field of it");
    assertThat(get("configmap,secret", "-o", "name")).contains("settings", "secret/key");
  }

  @Test
  void prunesOnceAfterTheLastEventThatApplies() throws Exception {
    run("web", "", SETTINGS, SECRET);
    var two =
        new ApplyRig.Bundle(
            "web",
            "test-shop",
            "[{path: a, event: BeforeInstall}, {path: b, event: AfterInstall}]",
            Map.of(
                "a/a.yaml", SETTINGS.replace("name: settings", "name: first"), "b/b.yaml", SECRET));

    changes.clear();
    rig.run(two);

    assertThat(changes)
        .extracting(Change::toString)
        .containsExactly(
            "ConfigMap/%s/first created".formatted(namespace),
            "Secret/%s/key unchanged".formatted(namespace),
            "ConfigMap/%s/settings pruned".formatted(namespace));
  }

  @Test
  void failedDeploymentPrunesNothing() throws Exception {
    run("web", "", SETTINGS, SECRET);

    assertThatThrownBy(() -> run("web", ", wait: 1s", DEPLOYMENT.formatted(1)))
        .isInstanceOf(AgentException.class);

    assertThat(get("configmap,secret", "-o", "name")).contains("settings", "secret/key");
  }

  @Test
  void bundleWithoutAnyObjectIsRefusedAndPrunesNothing() throws Exception {
    run("web", "", SETTINGS);

    assertThatThrownBy(() -> run("web", "", "# nothing\n"))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST_INVALID))
        .hasMessageContaining("no object in deploy/0.yaml");
    assertThat(get("configmap", "settings", "-o", "name")).isNotEmpty();
  }
}
