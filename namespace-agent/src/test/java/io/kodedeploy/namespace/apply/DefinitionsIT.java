package io.kodedeploy.namespace.apply;

import static io.kodedeploy.namespace.apply.ApplyRig.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.RealKubernetes;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Definitions, objects of their kinds, and objects of the whole cluster. */
@ExtendWith(RealKubernetes.Extension.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class DefinitionsIT {
  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: widgets.GROUP.example.org}
      spec:
        group: GROUP.example.org
        scope: Namespaced
        names: {kind: Widget, plural: widgets, singular: widget}
        versions:
        - name: v1
          served: true
          storage: true
          subresources: {status: {}}
          schema:
            openAPIV3Schema:
              type: object
              properties:
                spec: {type: object, properties: {size: {type: integer}}}
                status: {type: object, x-kubernetes-preserve-unknown-fields: true}
      """;
  private static final String WIDGET =
      "{apiVersion: GROUP.example.org/v1, kind: Widget, metadata: {name: w}, spec: {size: 1}}";

  @TempDir Path folder;
  private ApplyRig rig;
  private String definition;
  private String widget;

  @BeforeEach
  void namespaceOfItsOwn(RealKubernetes shared) {
    rig = new ApplyRig(shared, folder, true, "");
    definition = DEFINITION.replace("GROUP", rig.namespace);
    widget = WIDGET.replace("GROUP", rig.namespace);
  }

  @AfterEach
  void closeClient() {
    rig.kubernetes.kubectl(
        "delete", "crd", "--ignore-not-found", "widgets." + rig.namespace + ".example.org");
    rig.close();
  }

  @Test
  void definitionAndObjectsOfItsKindComeInOneBundle() throws Exception {
    rig.run("addons", "", widget, SETTINGS, definition);

    assertThat(rig.changes)
        .extracting(Change::toString)
        .containsExactly(
            "CustomResourceDefinition/widgets.%s.example.org created".formatted(rig.namespace),
            "ConfigMap/%s/settings created".formatted(rig.namespace),
            "Widget/%s/w created".formatted(rig.namespace));
    rig.changes.clear();
    var writes = rig.writes();
    rig.run("addons", "", widget, SETTINGS, definition);
    assertThat(rig.changes).extracting(Change::action).containsOnly(Change.Action.UNCHANGED);
    assertThat(rig.writes()).isEqualTo(writes);
  }

  @Test
  void definitionThatLeftTheBundleStaysSinceItsObjectsWouldGoWithIt() throws Exception {
    rig.run("addons", "", widget, SETTINGS, definition);

    var log = rig.run("addons", "", SETTINGS);

    assertThat(log)
        .contains("Widget/" + rig.namespace + "/w pruned")
        .contains("example.org left the bundle, but stays: deleting it would delete everything");
    assertThat(rig.kubernetes.kubectl("get", "crd", "-o", "name")).contains(rig.namespace);
  }

  @Test
  void objectOfTheClusterThatAnotherNamespaceWroteIsAConflict() throws Exception {
    rig.run("addons", "", definition);
    try (var other = new ApplyRig(rig.kubernetes, folder, true, "")) {
      assertThatThrownBy(() -> other.run("addons", ", force: true", definition))
          .isInstanceOfSatisfying(
              AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.APPLY_CONFLICT))
          .hasMessageContaining("belongs to the agent of namespace \"" + rig.namespace + "\"");
    }
  }

  @Test
  void withoutTheSettingNothingOfTheWholeClusterIsWritten() {
    try (var closed = new ApplyRig(rig.kubernetes, folder)) {
      assertThatThrownBy(() -> closed.run("addons", "", SETTINGS, definition, widget))
          .isInstanceOfSatisfying(
              AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST_INVALID))
          .hasMessageContaining("deploy/1.yaml:1: CustomResourceDefinition/widgets.")
          .hasMessageContaining("belongs to the whole cluster")
          .hasMessageContaining("apply.cluster-scope");
      assertThat(closed.get("configmap", "settings", "-o", "name")).isEmpty();
    }
  }

  @Test
  void waitsForTheConditionsOfCustomResources() throws Exception {
    rig.run("addons", "", definition, widget);
    says("\"False\",\"reason\":\"Building\",\"message\":\"half way\"");

    assertThatThrownBy(() -> rig.run("addons", ", wait: 2s", definition, widget))
        .hasMessageContaining("Widget/" + rig.namespace + "/w: Building: half way");

    says("\"True\"");
    assertThat(rig.run("addons", ", wait: 2s", definition, widget)).contains("2 objects are ready");
  }

  private void says(String ready) {
    rig.kubernetes.kubectl(
        "patch",
        "widgets." + rig.namespace + ".example.org",
        "w",
        "-n",
        rig.namespace,
        "--subresource=status",
        "--type=merge",
        "-p",
        "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":" + ready + "}]}}");
  }
}
