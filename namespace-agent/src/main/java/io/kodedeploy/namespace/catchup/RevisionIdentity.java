package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.spec.Revision;
import java.util.Optional;

/** A revision as one line of text: for records, status, and to tell whether two are the same. */
final class RevisionIdentity {
  private RevisionIdentity() {}

  /** The text; two revisions are the same when their texts are. */
  static String of(Revision revision) {
    return switch (revision) {
      case Revision.S3 s3 ->
          "s3://"
              + s3.bucket()
              + "/"
              + s3.key()
              + s3.version().map(version -> "?versionId=" + version).orElse("")
              + s3.eTag().map(eTag -> "#" + eTag.replace("\"", "")).orElse("");
      case Revision.GitHub github ->
          "github://" + github.account() + "/" + github.repository() + "/" + github.commitId();
      case Revision.LocalFile file -> "file://" + file.location();
      case Revision.LocalDirectory directory -> "file://" + directory.location();
    };
  }

  /**
   * Whether the text names content and not only a place: an object's version or ETag, or a commit.
   * Two deployments of the same place without these may be different bundles.
   */
  static boolean namesContent(Revision revision) {
    return switch (revision) {
      case Revision.S3(_, _, _, Optional<String> version, Optional<String> eTag) ->
          version.isPresent() || eTag.isPresent();
      case Revision.GitHub _ -> true;
      case Revision.LocalFile _, Revision.LocalDirectory _ -> false;
    };
  }
}
