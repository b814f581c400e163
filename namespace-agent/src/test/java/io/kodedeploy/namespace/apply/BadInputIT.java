package io.kodedeploy.namespace.apply;

import static io.kodedeploy.namespace.apply.ApplyRig.SECRET;
import static io.kodedeploy.namespace.apply.ApplyRig.SETTINGS;
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
import org.junit.jupiter.params.provider.CsvSource;

/** Each bad input is an error of its own that names its place, and nothing is written. */
@ExtendWith(RealKubernetes.Extension.class)
class BadInputIT {
  private static final String TWO_EVENTS =
      "[{path: a, event: BeforeInstall}, {path: b, event: AfterInstall}]";

  @TempDir Path folder;
  private ApplyRig rig;

  @BeforeEach
  void namespaceOfItsOwn(RealKubernetes shared) {
    rig = new ApplyRig(shared, folder);
  }

  @AfterEach
  void nothingWasWritten() throws Exception {
    var writes = rig.writes();
    rig.close();
    assertThat(writes).isEmpty();
  }

  private void refused(ErrorCode code, Bundle bundle, String... messages) {
    assertThatThrownBy(() -> rig.run(bundle))
        .isInstanceOfSatisfying(AgentException.class, e -> assertThat(e.code()).isEqualTo(code))
        .message()
        .contains(messages)
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a: [b                                                               | deploy/1.yaml:1: not YAML
          just text                                                           | deploy/1.yaml:1: expected an object
          {kind: ConfigMap, metadata: {name: a}}                              | deploy/1.yaml:1: missing apiVersion
          {apiVersion: v1, kind: ConfigMap}                                   | deploy/1.yaml:1: ConfigMap: missing metadata.name
          {apiVersion: v1, kind: Confmap, metadata: {name: a}}                | deploy/1.yaml:1: this cluster serves no kind Confmap of v1
          {apiVersion: v9, kind: ConfigMap, metadata: {name: a}}              | deploy/1.yaml:1: this cluster serves no kind ConfigMap of v9
          {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: b}} | deploy/1.yaml:1: ConfigMap/a: namespace "b"
          {apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}       | deploy/1.yaml:1: ConfigMap/
          {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Secret}]} | deploy/1.yaml:1: List.items[0]: Secret: missing
          {apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {kodedeploy.io/prun: "false"}}} | kodedeploy.io/prun: unknown annotation
          {apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {kodedeploy.io/prune: false}}} | expected "true" or "false", quoted
          """)
  void manifestThatIsWrongIsNamedWithItsFileAndLine(String manifest, String message) {
    refused(
        ErrorCode.MANIFEST_INVALID,
        Bundle.of("web", "", SETTINGS, manifest, SECRET),
        message.strip());
  }

  @Test
  void podWithTheIdentityOfTheAgentIsRefusedBeforeAnythingIsWritten() {
    var job =
        """
        {apiVersion: batch/v1, kind: Job, metadata: {name: thief}, spec: {template: {spec: {
          serviceAccountName: kodedeploy-agent, restartPolicy: Never, containers: []}}}}
        """;

    refused(
        ErrorCode.AGENT_PROTECTED,
        Bundle.of("web", "", SETTINGS, job),
        "deploy/1.yaml:1: Job/" + rig.namespace + "/thief: spec.template.spec.serviceAccountName:",
        "use kodedeploy-apply or an account of your own");
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() {
    refused(
        ErrorCode.MANIFEST_INVALID,
        Bundle.of("web", "", "a: [b", "{kind: A}", SECRET + "---\n" + SECRET),
        "deploy/0.yaml:1: not YAML",
        "deploy/1.yaml:1: missing apiVersion",
        "deploy/2.yaml:6: Secret/" + rig.namespace + "/key stands twice, first at deploy/2.yaml:1");
  }

  @Test
  void objectAboveTheSizeLimitIsNamedWithItsSize() {
    var large = SETTINGS.replace("blue", "b".repeat(1_500_000));

    refused(
        ErrorCode.MANIFEST_INVALID,
        Bundle.of("web", "", SECRET, large),
        "deploy/1.yaml:1: ConfigMap/" + rig.namespace + "/settings has 1500",
        "at most 1500000");
  }

  @Test
  void objectThatOnlyTheServerFindsTooLargeStopsItsStage() {
    var large = SETTINGS.replace("blue", "b".repeat(1_100_000));

    refused(
        ErrorCode.APPLY_REFUSED,
        Bundle.of("web", "", SECRET, large),
        "nothing of the stage \"prerequisites\" was written",
        "may not be more than 1048576 bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [{path: deploy, wiat: 5m}]            | appspec.yml:4: kodedeploy.apply[0].wiat: unknown key
          [{path: deploy, wait: soon}]          | appspec.yml:4: kodedeploy.apply[0].wait: expected a duration
          [{path: deploy, event: Later}]        | appspec.yml:4: kodedeploy.apply[0].event: expected one of
          [{path: [deploy]}]                    | appspec.yml:4: kodedeploy.apply[0].path: expected text
          """)
  void sectionThatIsWrongIsNamedWithFileLineAndKey(String apply, String message) {
    refused(
        ErrorCode.APPSPEC_INVALID,
        new Bundle("web", "test-shop", apply, Map.of("deploy/a.yaml", SETTINGS)),
        message);
  }

  @Test
  void pathThatIsMissingIsNamed() {
    refused(
        ErrorCode.MANIFEST_INVALID,
        new Bundle("web", "test-shop", "[{path: deplyo}]", Map.of("deploy/a.yaml", SETTINGS)),
        "appspec.yml:4: kodedeploy.apply[0].path: \"deplyo\" is not in the bundle");
  }

  @Test
  void whatALaterEventAppliesIsCheckedBeforeTheFirstWrite() {
    refused(
        ErrorCode.MANIFEST_INVALID,
        new Bundle(
            "web", "test-shop", TWO_EVENTS, Map.of("a/a.yaml", SETTINGS, "b/b.yaml", "a: [b")),
        "b/b.yaml:1: not YAML");
  }

  @Test
  void objectThatTwoEventsApplyIsRefused() {
    refused(
        ErrorCode.MANIFEST_INVALID,
        new Bundle(
            "web", "test-shop", TWO_EVENTS, Map.of("a/a.yaml", SETTINGS, "b/b.yaml", SETTINGS)),
        "b/b.yaml:1: ConfigMap/" + rig.namespace + "/settings stands twice, first at a/a.yaml:1");
  }

  @Test
  void secretThatTheServerRefusesIsNotShown() {
    refused(
        ErrorCode.MANIFEST_INVALID,
        Bundle.of("web", "", SECRET.replace("stringData", "data"), SETTINGS),
        "deploy/0.yaml:1: Secret/" + rig.namespace + "/key: data.password: expected base64");
    refused(
        ErrorCode.MANIFEST_INVALID,
        Bundle.of("web", "", SECRET.replace("hunter2", "[hunter2]"), SETTINGS),
        "stringData.password: expected a text");
    refused(
        ErrorCode.APPLY_REFUSED,
        Bundle.of("web", "", SECRET.replace("password:", "pass word:"), SETTINGS),
        "Secret/" + rig.namespace + "/key (deploy/0.yaml:1)");
  }
}
