package io.kodedeploy.namespace.apply;

import static io.kodedeploy.namespace.apply.ApplyRig.DEPLOYMENT;
import static io.kodedeploy.namespace.apply.ApplyRig.SECRET;
import static io.kodedeploy.namespace.apply.ApplyRig.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.namespace.RealKubernetes;
import io.kodedeploy.namespace.apply.Change.Action;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a second run does, by the API server's own records. */
@ExtendWith(RealKubernetes.Extension.class)
class UnchangedIT {
  private static final String SERVICE =
      "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}]}}";

  @TempDir Path folder;
  private ApplyRig rig;

  @BeforeEach
  void namespaceOfItsOwn(RealKubernetes shared) {
    rig = new ApplyRig(shared, folder);
  }

  @AfterEach
  void closeClient() {
    rig.close();
  }

  private String runAll() throws Exception {
    return rig.run("web", "", SETTINGS, SECRET, SERVICE, DEPLOYMENT.formatted(0));
  }

  private String versions() {
    return rig.get(
        "configmap,secret,service,deployment",
        "-o",
        "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}"
            + " {.metadata.managedFields[*].time}{\"\\n\"}{end}");
  }

  @Test
  void secondRunWritesNothingAndTriesNothingAndListsEachKindOnce() throws Exception {
    runAll();
    var versions = versions();
    var writes = rig.audit("create|update|patch|delete|deletecollection", true);
    var lists = rig.audit("list", true);
    rig.changes.clear();

    var log = runAll();

    assertThat(log).contains("nothing to write: all 4 objects are as the bundle wants them");
    assertThat(rig.changes).extracting(Change::action).containsOnly(Action.UNCHANGED).hasSize(4);
    assertThat(versions()).isEqualTo(versions).contains("ConfigMap/kodedeploy-inventory-web");
    assertThat(rig.audit("create|update|patch|delete|deletecollection", true))
        .isEqualTo(writes)
        .isNotEmpty();
    var listed = rig.audit("list", true).subList(lists.size(), rig.audit("list", true).size());
    assertThat(listed.stream().filter(line -> line.contains("kodedeploy.io%2Fapplication")))
        .hasSize(4);
  }

  @Test
  void changeOfOneFieldByAnybodyIsSeen() throws Exception {
    runAll();
    rig.kubernetes.kubectl(
        "patch",
        "configmap",
        "settings",
        "-n",
        rig.namespace,
        "-p",
        "{\"data\":{\"colour\":\"red\"}}");
    rig.changes.clear();

    rig.run("web", ", force: true", SETTINGS, SECRET, SERVICE, DEPLOYMENT.formatted(0));

    assertThat(written()).containsExactly("ConfigMap/%s/settings".formatted(rig.namespace));
    assertThat(rig.get("configmap", "settings", "-o", "jsonpath={.data.colour}")).isEqualTo("blue");
  }

  @Test
  void changeOfASecretThatWasWrittenAsTextIsSeen() throws Exception {
    runAll();
    rig.kubernetes.kubectl(
        "patch", "secret", "key", "-n", rig.namespace, "-p", "{\"data\":{\"password\":\"cmVk\"}}");
    rig.changes.clear();

    rig.run("web", ", force: true", SETTINGS, SECRET, SERVICE, DEPLOYMENT.formatted(0));

    assertThat(written()).containsExactly("Secret/%s/key".formatted(rig.namespace));
    assertThat(rig.get("secret", "key", "-o", "jsonpath={.data.password}"))
        .isEqualTo("aHVudGVyMg==");
  }

  @Test
  void keyThatLeftASecretIsRemovedFromIt() throws Exception {
    rig.run("web", "", SECRET.replace("hunter2", "hunter2, user: me"));

    rig.run("web", "", SECRET);

    assertThat(rig.get("secret", "key", "-o", "jsonpath={.data}"))
        .contains("password")
        .doesNotContain("user");
  }

  @Test
  void fieldsOfOthersAndTheStatusAreNotOurs() throws Exception {
    runAll();
    rig.kubernetes.kubectl("annotate", "deployment", "web", "-n", rig.namespace, "note=of-another");
    rig.kubernetes.kubectl(
        "patch", "configmap", "settings", "-n", rig.namespace, "-p", "{\"data\":{\"more\":\"1\"}}");
    rig.changes.clear();

    runAll();

    assertThat(written()).isEmpty();
  }

  @Test
  void deletedObjectComesBack() throws Exception {
    runAll();
    rig.kubernetes.kubectl("delete", "service", "web", "-n", rig.namespace);
    rig.changes.clear();

    runAll();

    assertThat(written()).containsExactly("Service/%s/web".formatted(rig.namespace));
  }

  @Test
  void lostInventoryCostsDryRunsButNoWriteOfAnObject() throws Exception {
    runAll();
    rig.kubernetes.kubectl("delete", "configmap", "kodedeploy-inventory-web", "-n", rig.namespace);
    var before = rig.writes();
    rig.changes.clear();

    runAll();

    var writes = rig.writes();
    assertThat(written()).isEmpty();
    assertThat(writes.subList(before.size(), writes.size()))
        .isNotEmpty()
        .allMatch(line -> line.contains("configmaps"));
    assertThat(rig.get("configmap", "kodedeploy-inventory-web", "-o", "yaml")).contains("digest");
  }

  private List<String> written() {
    return rig.changes.stream()
        .filter(change -> change.action() != Action.UNCHANGED)
        .map(change -> change.subject().toString())
        .toList();
  }
}
