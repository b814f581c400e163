package io.kodedeploy.namespace.apply;

import static io.kodedeploy.namespace.apply.ApplyRig.DEPLOYMENT;
import static io.kodedeploy.namespace.apply.ApplyRig.SECRET;
import static io.kodedeploy.namespace.apply.ApplyRig.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.namespace.RealKubernetes;
import io.kodedeploy.namespace.manifest.Drift;
import io.kodedeploy.namespace.manifest.Drift.Difference;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a look for drift says about what others did, by a real API server's records. */
@ExtendWith(RealKubernetes.Extension.class)
class DriftIT {
  @TempDir Path folder;
  private ApplyRig rig;

  @BeforeEach
  void threeObjectsOfAnApplication(RealKubernetes shared) throws Exception {
    rig = new ApplyRig(shared, folder);
    rig.run("web", "", SETTINGS, SECRET, DEPLOYMENT.formatted(0));
  }

  @AfterEach
  void closeClient() {
    rig.close();
  }

  private void kubectl(String... arguments) {
    var all = new java.util.ArrayList<>(List.of(arguments));
    all.addAll(List.of("-n", rig.namespace));
    rig.kubernetes.kubectl(all.toArray(String[]::new));
  }

  private List<Drift> drift() throws InterruptedException {
    return rig.step.drift("web").orElseThrow();
  }

  @Test
  void nothingDiffersAfterAnApplyAndALookWritesNothing() throws Exception {
    var writes = rig.writes();

    assertThat(drift()).isEmpty();
    assertThat(rig.writes()).isEqualTo(writes);
    assertThat(rig.step.drift("another")).contains(List.of());
  }

  @Test
  void saysWhoChangedWhichField() throws Exception {
    kubectl("patch", "configmap", "settings", "-p", "{\"data\":{\"colour\":\"red\"}}");
    kubectl("patch", "secret", "key", "-p", "{\"stringData\":{\"password\":\"changeit\"}}");

    assertThat(drift())
        .extracting(Drift::toString)
        .containsExactlyInAnyOrder(
            "ConfigMap/" + rig.namespace + "/settings changed by kubectl-patch (data.colour)",
            "Secret/" + rig.namespace + "/key changed by kubectl-patch (data.password)");
  }

  @Test
  void fieldsThatTheBundleDoesNotSetAreNoDrift() throws Exception {
    kubectl("patch", "configmap", "settings", "-p", "{\"data\":{\"size\":\"big\"}}");
    kubectl("annotate", "configmap", "settings", "note=seen");

    assertThat(drift()).isEmpty();
  }

  @Test
  void anObjectThatIsGoneOrWasMadeAnewOrLostItsLabelIsDrift() throws Exception {
    kubectl("delete", "configmap", "settings");
    kubectl("delete", "secret", "key");
    kubectl("create", "secret", "generic", "key", "--from-literal=password=hunter2");
    kubectl("label", "deployment", "web", "kodedeploy.io/application-");

    assertThat(drift())
        .extracting(one -> one.subject().kind() + " " + one.difference())
        .containsExactlyInAnyOrder(
            "ConfigMap " + Difference.MISSING,
            "Secret " + Difference.CHANGED,
            "Deployment " + Difference.CHANGED);
  }

  @Test
  void anAutoscalersNumberOfReplicasIsToldApart() throws Exception {
    kubectl("scale", "deployment", "web", "--replicas=2");

    assertThat(drift())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.difference()).isEqualTo(Difference.SCALED);
              assertThat(one.by().toString()).contains("spec.replicas");
            });
  }
}
