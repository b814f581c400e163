package io.kodedeploy.cli.codedeploy;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.bundle.Bundle;
import io.kodedeploy.cli.console.Reporter;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.codedeploy.model.BundleType;
import software.amazon.awssdk.services.codedeploy.model.RevisionLocation;
import software.amazon.awssdk.services.codedeploy.model.RevisionLocationType;
import software.amazon.awssdk.services.codedeploy.model.S3Location;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Puts bundles where CodeDeploy finds them. The same content stays the same revision. */
public final class Revisions {
  private final Aws aws;
  private final Reporter reporter;

  /** Uses the clients of a command. */
  public Revisions(Aws aws, Reporter reporter) {
    this.aws = aws;
    this.reporter = reporter;
  }

  /**
   * Uploads a bundle unless its key is there already (the key names the content), and registers it
   * with ETag and version.
   */
  public RevisionLocation push(String application, String bucket, String key, Bundle bundle) {
    var stored = find(bucket, key).orElseGet(() -> upload(bucket, key, bundle));
    var revision =
        RevisionLocation.builder()
            .revisionType(RevisionLocationType.S3)
            .s3Location(
                S3Location.builder()
                    .bucket(bucket)
                    .key(key)
                    .bundleType(BundleType.ZIP)
                    .eTag(stored.eTag().replace("\"", ""))
                    .version(stored.version())
                    .build())
            .build();
    aws.codeDeploy()
        .registerApplicationRevision(
            request ->
                request
                    .applicationName(application)
                    .description("kode: " + bundle.files() + " files, sha256 " + bundle.sha256())
                    .revision(revision));
    return revision;
  }

  private record Stored(String eTag, @Nullable String version) {}

  /** Absent also when the caller may not look: the upload then says what is wrong, if anything. */
  private Optional<Stored> find(String bucket, String key) {
    try {
      var head = aws.s3().headObject(request -> request.bucket(bucket).key(key));
      reporter.progress(
          "revision",
          "push: s3://" + bucket + "/" + key + " is already there",
          Map.of("bucket", bucket, "key", key, "uploaded", false));
      return Optional.of(new Stored(head.eTag(), version(head.versionId())));
    } catch (NoSuchBucketException e) {
      throw e;
    } catch (S3Exception e) {
      if (e.statusCode() == 404 || e.statusCode() == 403) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Stored upload(String bucket, String key, Bundle bundle) {
    var put =
        aws.s3()
            .putObject(
                request -> request.bucket(bucket).key(key).contentType("application/zip"),
                RequestBody.fromBytes(bundle.zip()));
    reporter.progress(
        "revision",
        "push: s3://"
            + bucket
            + "/"
            + key
            + " ("
            + bundle.files()
            + " files, "
            + bundle.zip().length
            + " bytes)",
        Map.of("bucket", bucket, "key", key, "uploaded", true));
    return new Stored(put.eTag(), version(put.versionId()));
  }

  private static @Nullable String version(@Nullable String versionId) {
    return versionId == null || versionId.equals("null") ? null : versionId;
  }
}
