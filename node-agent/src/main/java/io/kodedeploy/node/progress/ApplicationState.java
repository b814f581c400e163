package io.kodedeploy.node.progress;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.core.spec.Revision;
import java.time.Instant;
import java.util.Optional;

/**
 * One application on this node.
 *
 * @param deploymentGroup name of the group of the last deployment
 * @param wanted what the last deployment brings
 * @param installed what the last successful deployment brought
 * @param stage how far the node is
 * @param reason why wanted and installed differ; empty when they do not
 * @param remedy what a person does about it; may be empty
 * @param since when this stage began
 */
public record ApplicationState(
    String deploymentGroup,
    Carried wanted,
    Optional<Carried> installed,
    Stage stage,
    String reason,
    String remedy,
    Instant since) {
  /** States of {@code kodedeploy_applications}, as far as a node knows them. */
  public enum Stage {
    CURRENT,
    BEHIND,
    FAILED
  }

  /**
   * A deployment and its revision.
   *
   * @param deploymentId of the deployment
   * @param revision in words: {@code s3://bucket/key}
   */
  public record Carried(String deploymentId, String revision) {}

  /** Checks that nothing is absent. */
  public ApplicationState {
    requireNonNull(wanted, "wanted");
    requireNonNull(installed, "installed");
    requireNonNull(since, "since");
  }

  /** A revision in words; never a token or a signed address. */
  static String words(Revision revision) {
    return switch (revision) {
      case Revision.S3 s3 ->
          "s3://"
              + s3.bucket()
              + "/"
              + s3.key()
              + s3.version().map(v -> "?versionId=" + v).orElse("");
      case Revision.GitHub git ->
          "github:" + git.account() + "/" + git.repository() + "@" + git.commitId();
      case Revision.LocalFile file -> "file:" + file.location();
      case Revision.LocalDirectory directory -> "directory:" + directory.location();
    };
  }
}
