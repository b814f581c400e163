package io.kodedeploy.cli.local;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The revision of a location, as the member {@code Revision} of a deployment specification. */
final class RevisionOf {
  private static final String PAGE = "https://github.com/<owner>/<repo>";
  private static final String API =
      "https://api.github.com/repos/<owner>/<repo>/<tarball or zipball>/<commit>";

  private RevisionOf() {}

  /**
   * The revision.
   *
   * @throws LocalRefused when the location is none that a bundle can be fetched from
   */
  static Map<String, Object> location(BundleLocation location) {
    if (location.path().isPresent()) {
      boolean directory = location.type().equals("directory");
      return Map.of(
          "RevisionType",
          directory ? "Local Directory" : "Local File",
          "LocalRevision",
          Map.of("Location", location.path().get().toString(), "BundleType", location.type()));
    }
    return "s3".equals(location.uri().getScheme()) ? s3(location) : gitHub(location);
  }

  private static Map<String, Object> s3(BundleLocation location) {
    String bucket = Optional.ofNullable(location.uri().getAuthority()).orElse("");
    String key = Optional.ofNullable(location.uri().getPath()).orElse("").replaceFirst("^/", "");
    if (bucket.isEmpty() || key.isEmpty()) {
      throw new LocalRefused(
          "s3 location " + location.text() + " not in the expected format of 's3://bucket/key'");
    }
    var revision = new LinkedHashMap<String, Object>();
    revision.put("Bucket", bucket);
    revision.put("Key", key);
    revision.put("BundleType", location.type());
    query(location, "versionId").ifPresent(value -> revision.put("Version", value));
    query(location, "etag").ifPresent(value -> revision.put("ETag", value));
    return Map.of("RevisionType", "S3", "S3Revision", revision);
  }

  private static Optional<String> query(BundleLocation location, String name) {
    String query = Optional.ofNullable(location.uri().getRawQuery()).orElse("");
    return List.of(query.split("&")).stream()
        .filter(pair -> pair.startsWith(name + "="))
        .map(pair -> URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8))
        .findFirst();
  }

  private static Map<String, Object> gitHub(BundleLocation location) {
    String host = String.valueOf(location.uri().getHost());
    var path =
        List.of(
            Optional.ofNullable(location.uri().getPath())
                .orElse("")
                .replaceFirst("^/", "")
                .split("/", -1));
    if (host.equals("github.com") && path.size() == 2) {
      return gitHub(path.get(0), path.get(1), "HEAD", location);
    }
    if (host.equals("api.github.com")
        && path.size() == 5
        && path.getFirst().equals("repos")
        && List.of("tarball", "zipball").contains(path.get(3))) {
      return gitHub(path.get(1), path.get(2), path.get(4), location);
    }
    if (host.equals("github.com") || host.equals("api.github.com")) {
      throw new LocalRefused(
          "github location "
              + location.text()
              + " not in the expected format of "
              + PAGE
              + " or "
              + API);
    }
    throw new LocalRefused(
        "unknown location "
            + location.text()
            + " cannot be determined to be S3, Github, or a local file / directory");
  }

  private static Map<String, Object> gitHub(
      String owner, String repository, String commit, BundleLocation location) {
    boolean known = location.type().equals("zip") || location.type().equals("tar");
    return Map.of(
        "RevisionType",
        "GitHub",
        "GitHubRevision",
        Map.of(
            "Account",
            owner,
            "Repository",
            repository,
            "CommitId",
            commit,
            "BundleType",
            known ? location.type() : "zip"));
  }
}
