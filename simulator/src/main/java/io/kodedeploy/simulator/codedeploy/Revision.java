package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** A revision is its whole location: another version or ETag is another revision (1.4). */
public sealed interface Revision {

  /** An object in S3; the ETag is kept without quotes. */
  record S3(
      String bucket, String key, String bundleType, Optional<String> version, Optional<String> eTag)
      implements Revision {}

  /** A commit on GitHub. */
  record GitHub(String repository, String commitId) implements Revision {}

  /** Reads a {@code revisionLocation}. */
  static Revision parse(Optional<Input> location) {
    var input = location.orElseThrow(() -> Refusal.of("RevisionRequired", "Revision is missing"));
    return switch (input.text("revisionType").orElse("")) {
      case "S3" -> s3(input);
      case "GitHub" -> gitHub(input);
      default -> throw invalid("revisionType must be S3 or GitHub");
    };
  }

  private static S3 s3(Input input) {
    var location = input.object("s3Location").orElseThrow(() -> invalid("s3Location is missing"));
    var type = present(location, "bundleType");
    if (!Set.of("tar", "tgz", "zip").contains(type)) {
      throw invalid("bundleType must be tar, tgz or zip");
    }
    return new S3(
        present(location, "bucket"),
        present(location, "key"),
        type,
        location.text("version").filter(v -> !v.isEmpty()),
        location.text("eTag").map(Revision::unquoted).filter(e -> !e.isEmpty()));
  }

  private static GitHub gitHub(Input input) {
    var location =
        input.object("gitHubLocation").orElseThrow(() -> invalid("gitHubLocation is missing"));
    var repository = present(location, "repository");
    if (!repository.matches("[^/]+/[^/]+")) {
      throw invalid("repository must have the form account/repository");
    }
    return new GitHub(repository, present(location, "commitId"));
  }

  private static String present(Input location, String name) {
    return location
        .text(name)
        .filter(v -> !v.isEmpty())
        .orElseThrow(() -> invalid(name + " is missing"));
  }

  private static String unquoted(String eTag) {
    return eTag.length() > 1 && eTag.startsWith("\"") && eTag.endsWith("\"")
        ? eTag.substring(1, eTag.length() - 1)
        : eTag;
  }

  private static RuntimeException invalid(String why) {
    return Refusal.of("InvalidRevision", "The revision is invalid: " + why);
  }

  /** The location as the API shows it. */
  default ObjectNode json() {
    return switch (this) {
      case S3(var bucket, var key, var type, var version, var eTag) -> {
        var location = Json.object().put("bucket", bucket).put("key", key).put("bundleType", type);
        version.ifPresent(v -> location.put("version", v));
        eTag.ifPresent(e -> location.put("eTag", e));
        yield Json.object().put("revisionType", "S3").set("s3Location", location);
      }
      case GitHub(var repository, var commit) ->
          Json.object()
              .put("revisionType", "GitHub")
              .set(
                  "gitHubLocation",
                  Json.object().put("repository", repository).put("commitId", commit));
    };
  }
}
