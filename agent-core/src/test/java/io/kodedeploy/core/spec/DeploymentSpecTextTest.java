package io.kodedeploy.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.conformance.Specifications;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What a host notes of a specification says the same when it is read again. */
class DeploymentSpecTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"RevisionType\":\"S3\",\"S3Revision\":{\"Bucket\":\"b\",\"Key\":\"k\",\"BundleType\":\"tgz\",\"Version\":\"v\",\"ETag\":\"\\\"e\\\"\"}}",
        "{\"RevisionType\":\"S3\",\"S3Revision\":{\"Bucket\":\"b\",\"Key\":\"k\",\"BundleType\":\"zip\",\"Version\":null}}",
        "{\"RevisionType\":\"GitHub\",\"GitHubRevision\":{\"Account\":\"a\",\"Repository\":\"r\",\"CommitId\":\"c\",\"BundleType\":\"zip\"}}",
        "{\"RevisionType\":\"GitHub\",\"GitHubRevision\":{\"Account\":\"a\",\"Repository\":\"r\",\"CommitId\":\"c\"}}",
        "{\"RevisionType\":\"Local"
            + " File\",\"LocalRevision\":{\"Location\":\"/x.tar\",\"BundleType\":\"tar\"}}",
        "{\"RevisionType\":\"Local"
            + " Directory\",\"LocalRevision\":{\"Location\":\"/x\",\"BundleType\":\"directory\"}}"
      })
  void saysTheSameWhenItIsReadAgain(String revision) {
    var spec =
        Specifications.with(
            Map.of(
                "Revision",
                JsonMapper.shared().readTree(revision),
                "DeploymentCreator",
                "codeDeployRollback",
                "DeploymentType",
                "BLUE_GREEN",
                "AppSpecFilename",
                "deploy/app.yml",
                "AllPossibleLifecycleEvents",
                new String[] {"Install", "Foo"},
                "AgentActionOverrides",
                Map.of("AgentOverrides", Map.of("FileExistsBehavior", "RETAIN")),
                "ReuseArchiveFromDeploymentId",
                "d-0"));

    assertThat(DeploymentSpecReader.readUnsigned(DeploymentSpecText.of(spec))).isEqualTo(spec);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ghp_secret"})
  void leavesTheTokenOut(String token) {
    var spec = Specifications.with(Map.of("GitHubAccessToken", token));

    var text = DeploymentSpecText.of(spec);

    assertThat(text).doesNotContain("GitHubAccessToken").doesNotContain("ghp_secret");
    assertThat(DeploymentSpecReader.readUnsigned(text).gitHubToken()).isEmpty();
  }
}
