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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What belongs to whom: applications, groups, revisions, an apply that is broken off. */
@ExtendWith(RealKubernetes.Extension.class)
class OwnershipIT {
  @TempDir Path folder;
  private ApplyRig rig;
  private RealKubernetes kubernetes;
  private String namespace;

  @BeforeEach
  void namespaceOfItsOwn(RealKubernetes shared) {
    kubernetes = shared;
    rig = new ApplyRig(shared, folder);
    namespace = rig.namespace;
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
  void canaryThroughOneGroupFollowedByAnOlderRevisionThroughTheOtherLeavesNoOrphan()
      throws Exception {
    var older = ApplyRig.Bundle.of("web", "", SETTINGS);
    var canary = ApplyRig.Bundle.of("web", "", SETTINGS.replace("blue", "red"), SECRET);

    rig.run(older.through("test-shop"));
    rig.run(canary.through("test-shop-cluster1"));
    rig.run(older.through("test-shop"));

    assertThat(get("configmap", "settings", "-o", "jsonpath={.data.colour}")).isEqualTo("blue");
    assertThat(get("secret", "key", "-o", "name")).isEmpty();
    assertThat(get("configmap", "-o", "name", "-l", "kodedeploy.io/inventory"))
        .isEqualTo("configmap/kodedeploy-inventory-web\n");
  }

  @Test
  void applyThatIsBrokenOffLeavesAnInventoryThatKnowsEverythingWritten() throws Exception {
    var maps = new StringBuilder();
    for (var i = 0; i < 60; i++) {
      maps.append("---\n").append(SETTINGS.replace("settings", "settings-" + i));
    }
    var thread = Thread.currentThread();
    rig.onChange(
        change -> {
          if (change.subject().name().equals("settings-10")) {
            thread.interrupt();
          }
        });

    assertThatThrownBy(() -> run("web", "", SECRET, maps.toString(), DEPLOYMENT.formatted(0)))
        .isInstanceOf(InterruptedException.class);

    rig.onChange(change -> {});
    var written =
        get(
            "configmap,secret,deployment",
            "-o",
            "jsonpath={.items[*].metadata.name}",
            "-l",
            "kodedeploy.io/application=web");
    var inventory = get("configmap", "kodedeploy-inventory-web", "-o", "jsonpath={.data}");
    assertThat(written.split(" ", -1))
        .hasSizeBetween(2, 61)
        .contains("settings-10", "key")
        .doesNotContain("web")
        .allSatisfy(name -> assertThat(inventory).contains("\\\"name\\\":\\\"" + name + "\\\""));
    run("web", "", SETTINGS);
    assertThat(get("configmap,secret", "-o", "name", "-l", "kodedeploy.io/application=web"))
        .isEqualTo("configmap/settings\n");
  }

  @Test
  void objectThatCarriesTheLabelOfAnotherApplicationIsItsEvenWithoutItsInventory()
      throws Exception {
    run("one", "", SETTINGS);
    kubernetes.kubectl("delete", "configmap", "kodedeploy-inventory-one", "-n", namespace);

    assertThatThrownBy(() -> run("two", ", force: true", SETTINGS.replace("blue", "red")))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.APPLY_CONFLICT))
        .hasMessageContaining("belongs to application \"one\"");
    assertThat(get("configmap", "settings", "-o", "jsonpath={.data.colour}")).isEqualTo("blue");
  }
}
