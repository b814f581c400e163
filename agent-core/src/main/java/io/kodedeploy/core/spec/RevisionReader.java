package io.kodedeploy.core.spec;

import static io.kodedeploy.core.spec.DeploymentSpecReader.invalid;
import static io.kodedeploy.core.spec.DeploymentSpecReader.present;
import static io.kodedeploy.core.spec.DeploymentSpecReader.text;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads the {@code Revision} of a deployment specification (host-agent.md 5.3, 5.4). */
final class RevisionReader {
  private RevisionReader() {}

  static Revision read(JsonNode revision) {
    if (revision.isMissingNode() || revision.isNull()) {
      throw invalid("Must specify a revison"); // spelt as the official agent does
    }
    var type =
        text(revision, "RevisionType").orElseThrow(() -> invalid("Must specify a revision source"));
    return switch (type) {
      case "S3" -> s3(revision.path("S3Revision"));
      case "GitHub" -> gitHub(revision.path("GitHubRevision"));
      case "Local File", "Local Directory" ->
          local(revision.path("LocalRevision"), type.equals("Local Directory"));
      default ->
          throw invalid(
              "Exactly one of S3Revision, GitHubRevision, or LocalRevision must be specified");
    };
  }

  private static Revision s3(JsonNode s3) {
    var absent = "S3Revision in Deployment Spec must specify Bucket, Key and BundleType";
    var bucket = required(s3, "Bucket", absent);
    var key = required(s3, "Key", absent);
    var type =
        BundleType.of(present(s3, "BundleType").orElseThrow(() -> invalid(absent)))
            .filter(known -> known != BundleType.DIRECTORY)
            .orElseThrow(() -> invalid("BundleType in S3Revision must be tar, tgz or zip"));
    return new Revision.S3(bucket, key, type, text(s3, "Version"), present(s3, "ETag"));
  }

  private static Revision gitHub(JsonNode gitHub) {
    var absent = "GitHubRevision in Deployment Spec must specify Account, Repository and CommitId";
    var account = required(gitHub, "Account", absent);
    var repository = required(gitHub, "Repository", absent);
    var commit = required(gitHub, "CommitId", absent);
    var anonymous = gitHub.path("Anonymous");
    if (anonymous.isBoolean() && !anonymous.asBoolean() && !gitHub.has("OAuthToken")) {
      throw invalid(absent);
    }
    Optional<String> type = text(gitHub, "BundleType");
    return new Revision.GitHub(account, repository, commit, type);
  }

  private static Revision local(JsonNode local, boolean directory) {
    var absent = "LocalRevision in Deployment Spec must specify Location and BundleType";
    var location = required(local, "Location", absent);
    var type =
        BundleType.of(present(local, "BundleType").orElseThrow(() -> invalid(absent)))
            .orElseThrow(
                () -> invalid("BundleType in LocalRevision must be tar, tgz, zip, or directory"));
    return directory
        ? new Revision.LocalDirectory(location, type)
        : new Revision.LocalFile(location, type);
  }

  private static String required(JsonNode object, String member, String absent) {
    return text(object, member).orElseThrow(() -> invalid(absent));
  }
}
