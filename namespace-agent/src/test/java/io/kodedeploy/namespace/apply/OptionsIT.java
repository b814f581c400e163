package io.kodedeploy.namespace.apply;

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

/** Conflicts, fields that cannot be changed, and what annotations allow. */
@ExtendWith(RealKubernetes.Extension.class)
class OptionsIT {
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

  private static final String JOB =
      """
      apiVersion: batch/v1
      kind: Job
      metadata: {name: once%s}
      spec:
        suspend: true
        template:
          spec: {restartPolicy: Never, containers: [{name: a, image: "example.invalid/a:%s"}]}
      """;
  private static final String REPLACE = ", annotations: {kodedeploy.io/replace: \"true\"}";

  private void takenBySomeone() {
    kubernetes.apply(
        "someone",
        SETTINGS
            .replace("blue", "red")
            .replace("name: settings", "name: settings, namespace: " + namespace));
  }

  @Test
  void annotationForcesOneObjectOnly() throws Exception {
    run("web", "", SETTINGS, SECRET);
    takenBySomeone();
    kubernetes.kubectl(
        "patch", "secret", "key", "-n", namespace, "-p", "{\"data\":{\"password\":\"cmVk\"}}");
    var forced =
        SETTINGS.replace(
            "name: settings", "name: settings, annotations: {kodedeploy.io/force: \"true\"}");

    assertThatThrownBy(() -> run("web", "", forced, SECRET))
        .hasMessageContaining(
            "Secret/" + namespace + "/key (deploy/1.yaml:1): field .data.password")
        .hasMessageContaining("kodedeploy.io/force")
        .hasMessageNotContaining("ConfigMap/");
    run("web", "", forced);

    assertThat(get("configmap", "settings", "-o", "jsonpath={.data.colour}")).isEqualTo("blue");
  }

  @Test
  void fieldThatCannotBeChangedIsAClearErrorAndNothingHappens() throws Exception {
    run("web", "", JOB.formatted("", "1"));
    var uid = get("job", "once", "-o", "jsonpath={.metadata.uid}");

    assertThatThrownBy(() -> run("web", "", SETTINGS, JOB.formatted("", "2")))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.APPLY_REFUSED))
        .hasMessageContaining("nothing of the stage \"workloads\" was written")
        .hasMessageContaining("Job/" + namespace + "/once (deploy/1.yaml:1)")
        .hasMessageContaining("field is immutable")
        .hasMessageContaining("kodedeploy.io/replace: \"true\"");
    assertThat(get("job", "once", "-o", "jsonpath={.metadata.uid}")).isEqualTo(uid);
  }

  @Test
  void annotationReplacesAnObjectWhoseFieldCannotBeChanged() throws Exception {
    run("web", "", JOB.formatted(REPLACE, "1"));
    var uid = get("job", "once", "-o", "jsonpath={.metadata.uid}");
    changes.clear();

    run("web", "", JOB.formatted(REPLACE, "2"));

    assertThat(changes)
        .extracting(Change::toString)
        .containsExactly("Job/%s/once replaced".formatted(namespace));
    assertThat(get("job", "once", "-o", "jsonpath={.metadata.uid}")).isNotEqualTo(uid);
    changes.clear();
    run("web", "", JOB.formatted(REPLACE, "2"));
    assertThat(changes).extracting(Change::action).containsExactly(Change.Action.UNCHANGED);
  }

  @Test
  void objectThatCouldNotBeCreatedAgainIsNotDeleted() throws Exception {
    run("web", "", JOB.formatted(REPLACE, "1"));
    var uid = get("job", "once", "-o", "jsonpath={.metadata.uid}");
    var broken = JOB.formatted(REPLACE, "2").replace("Never", "Sometimes");

    assertThatThrownBy(() -> run("web", "", broken))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.APPLY_REFUSED))
        .hasMessageContaining("restartPolicy");

    assertThat(get("job", "once", "-o", "jsonpath={.metadata.uid}")).isEqualTo(uid);
  }
}
