package io.kodedeploy.core.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.config.SettingsReader;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.protocol.DiagnosticCode;
import io.kodedeploy.core.spec.BundleType;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.FileExistsBehavior;
import io.kodedeploy.core.spec.Revision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which deployments a host takes, as a rule and through a whole host. */
class AcceptanceTest {
  private static final Acceptance NAMESPACE =
      new Acceptance(
          true,
          List.of(),
          List.of("staging-shop", "staging-shop-blue"),
          List.of("s3://bundles/codedeploy/staging/shop/"));

  @TempDir Path directory;

  @Test
  void takesWhatTheListsName() {
    assertThatCode(
            () -> NAMESPACE.check(spec("web", "staging-shop-blue", bundle("bundles", "web/1.zip"))))
        .doesNotThrowAnyException();
  }

  @Test
  void namesTheRuleTheAllowedAndTheFoundOfAGroupOfAnotherTeam() {
    assertThatThrownBy(
            () -> NAMESPACE.check(spec("web", "other-team", bundle("bundles", "web/1.zip"))))
        .hasMessageContaining("accept.groups allows staging-shop, staging-shop-blue")
        .hasMessageContaining("group \"other-team\"")
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_ACCEPTED));
  }

  @Test
  void printsTheCorrectedPushForABundleElsewhere() {
    assertThatThrownBy(
            () -> NAMESPACE.check(spec("web", "staging-shop", bundle("mine", "web/1.zip"))))
        .hasMessageContaining("s3://bundles/codedeploy/staging/shop/")
        .hasMessageContaining("s3://mine/codedeploy/staging/shop/web/1.zip")
        .hasMessageContaining(
            "aws deploy push --application-name web --s3-location"
                + " s3://bundles/codedeploy/staging/shop/web/bundle.zip");
  }

  @Test
  void aPrefixIsAFolderAndNotTheBeginningOfAName() {
    var rule = new Acceptance(true, List.of("*"), List.of(), List.of("s3://bundles/codedeploy/a"));

    assertThatThrownBy(
            () ->
                rule.check(
                    spec(
                        "web",
                        "g",
                        new Revision.S3(
                            "bundles",
                            "codedeploy/ab/x.zip",
                            BundleType.ZIP,
                            Optional.empty(),
                            Optional.empty()))))
        .isInstanceOf(AgentException.class);
  }

  @Test
  void aBucketAllowsNoBucketWhoseNameBeginsAlike() {
    var rule = new Acceptance(true, List.of("*"), List.of(), List.of("s3://bundles"));

    assertThatThrownBy(() -> rule.check(spec("web", "g", bundle("bundles-of-others", "x.zip"))))
        .isInstanceOf(AgentException.class);
  }

  @Test
  void takesARepositoryThatIsListedAndNoOther() {
    var rule = new Acceptance(true, List.of("*"), List.of(), List.of("github:acme/shop"));

    assertThatCode(() -> rule.check(spec("web", "g", gitHub("shop")))).doesNotThrowAnyException();
    assertThatThrownBy(() -> rule.check(spec("web", "g", gitHub("shop2"))))
        .hasMessageContaining("github:acme/shop2");
  }

  @Test
  void takesNothingWhenItIsOnAndEmpty() {
    var rule = new Acceptance(true, List.of(), List.of(), List.of());

    assertThatThrownBy(() -> rule.check(spec("web", "g", gitHub("shop"))))
        .hasMessageContaining("accept.applications and accept.groups are empty");
  }

  @Test
  void sourcesAloneNameNoDeployment() {
    var rule = new Acceptance(true, List.of(), List.of(), List.of("github:acme/shop"));

    assertThatThrownBy(() -> rule.check(spec("web", "g", gitHub("shop"))))
        .hasMessageContaining("takes no deployment");
  }

  @Test
  void isOffWithoutSettingsAndOnWithAnyOfThem() throws IOException {
    assertThat(read("").enforced()).isFalse();
    assertThat(read("accept.applications: [web]").enforced()).isTrue();
    assertThat(read("accept.enabled: true").enforced()).isTrue();
    assertThat(read("accept:\n  groups: [a, b]").groups()).containsExactly("a", "b");
  }

  @Test
  void refusesASourceThatIsNone() {
    assertThatThrownBy(() -> read("accept.sources: [bundles/x]"))
        .isInstanceOf(ConfigRefused.class)
        .hasMessageContaining("s3://BUCKET/PREFIX");
  }

  @Test
  void anUnacceptedCommandFailsUnacknowledgedAndLeavesNothingBehind() throws Exception {
    var rule = new Acceptance(true, List.of("another"), List.of(), List.of());
    try (var harness = new HostHarness(directory, "", true, rule, Optional.empty()).start()) {
      harness.service.hand("c-1", "DownloadBundle", "G", "d-1");

      var report = harness.service.report();

      assertThat(report.diagnostics().code()).isEqualTo(DiagnosticCode.UNKNOWN_ERROR);
      assertThat(report.diagnostics().message()).contains("accept.applications", "\"app\"");
      assertThat(harness.service.acknowledgements).isEmpty();
      assertThat(harness.paths.group("G")).doesNotExist();
    }
  }

  private static DeploymentSpec spec(String application, String group, Revision revision) {
    return new DeploymentSpec(
        "d-1",
        "G",
        group,
        application,
        "user",
        "IN_PLACE",
        "appspec.yml",
        FileExistsBehavior.DISALLOW,
        List.of(),
        Optional.empty(),
        revision,
        Optional.empty());
  }

  private Acceptance read(String yaml) throws IOException {
    var file = Files.writeString(directory.resolve("agent.yml"), yaml);
    var reader = SettingsReader.open(file, true, Map.of());
    var acceptance = Acceptance.read(reader);
    reader.finish();
    return acceptance;
  }

  private static Revision bundle(String bucket, String name) {
    return new Revision.S3(
        bucket,
        "codedeploy/staging/shop/" + name,
        BundleType.ZIP,
        Optional.empty(),
        Optional.empty());
  }

  private static Revision gitHub(String repository) {
    return new Revision.GitHub("acme", repository, "c0ffee", Optional.empty());
  }
}
