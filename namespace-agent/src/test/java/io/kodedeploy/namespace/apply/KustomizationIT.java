package io.kodedeploy.namespace.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.RealKubernetes;
import io.kodedeploy.namespace.apply.ApplyRig.Bundle;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kustomizations of bundles, by the real kubectl. */
@ExtendWith(RealKubernetes.Extension.class)
class KustomizationIT {
  private static final Map<String, String> FILES =
      Map.of(
          "base/kustomization.yaml",
          "resources: [settings.yaml]\n",
          "base/settings.yaml",
          ApplyRig.SETTINGS,
          "overlay/kustomization.yaml",
          """
          resources: [../base]
          namePrefix: big-
          configMapGenerator: [{name: made, literals: [a=b], options: {disableNameSuffixHash: true}}]
          """);

  @TempDir Path folder;
  private RealKubernetes kubernetes;
  private ApplyRig rig;

  @BeforeEach
  void namespaceOfItsOwn(RealKubernetes shared) {
    kubernetes = shared;
    rig = new ApplyRig(shared, folder, false, System.getenv("KUBEBUILDER_ASSETS"));
  }

  @AfterEach
  void closeClient() {
    rig.close();
  }

  private static Bundle overlay(Map<String, String> files) {
    return new Bundle("web", "test-shop", "[{path: overlay}]", files);
  }

  @Test
  void folderWithAKustomizationIsBuiltByTheToolThatIsThere() throws Exception {
    rig.run(overlay(FILES));

    assertThat(rig.changes)
        .extracting(Change::toString)
        .containsExactlyInAnyOrder(
            "ConfigMap/%s/big-settings created".formatted(rig.namespace),
            "ConfigMap/%s/big-made created".formatted(rig.namespace));
  }

  @Test
  void withoutAToolItIsRefusedNamingTheFullImage() {
    try (var slim = new ApplyRig(kubernetes, folder, false, folder.toString())) {
      assertThatThrownBy(() -> slim.run(overlay(FILES)))
          .isInstanceOfSatisfying(
              AgentException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.KUSTOMIZE_MISSING);
                assertThat(e.code().remedy()).contains("full image");
              })
          .hasMessageContaining("overlay/kustomization.yaml needs kustomize or kubectl")
          .hasMessageContaining("full image");
    }
  }

  @Test
  void errorOfTheToolIsGivenAsItIs() {
    var files = Map.of("overlay/kustomization.yaml", "resourcess: []\n");

    assertThatThrownBy(() -> rig.run(overlay(files)))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.KUSTOMIZE_FAILED))
        .hasMessageContaining("overlay/kustomization.yaml: ")
        .hasMessageContaining("resourcess")
        .hasMessageNotContaining(folder.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resources: [../../..]",
        "resources: [/etc]",
        "resources: [https://example.invalid/base]",
        "resources: ['github.com/example/base?ref=v1']",
        "components: [../../../other]",
        "generators: [../../../other]",
        "helmCharts: [{name: a}]"
      })
  void nothingIsTakenFromOutsideOfTheBundle(String kustomization) {
    var files = Map.of("overlay/kustomization.yaml", kustomization + "\n");

    assertThatThrownBy(() -> rig.run(overlay(files)))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST_INVALID))
        .hasMessageContaining("overlay/kustomization.yaml");
  }

  @Test
  void filesOutsideOfTheKustomizationAreTheToolsOwnRefusal() throws Exception {
    var files =
        Map.of(
            "overlay/kustomization.yaml",
            "configMapGenerator: [{name: made, files: [../../../../../../../etc/hostname]}]\n");

    assertThatThrownBy(() -> rig.run(overlay(files)))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.KUSTOMIZE_FAILED))
        .hasMessageContaining("security");
  }

  @Test
  void kustomizationBelowAPlainFolderIsNotAManifest() {
    var files =
        Map.of(
            "deploy/a.yaml", ApplyRig.SETTINGS, "deploy/sub/kustomization.yaml", "resources: []");

    assertThatThrownBy(() -> rig.run(new Bundle("web", "test-shop", "[{path: deploy}]", files)))
        .hasMessageContaining("deploy/sub has a kustomization: name that folder as the path");
  }
}
