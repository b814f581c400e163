package io.kodedeploy.core.spec;

import java.util.Optional;

/** Where a deployment's bundle comes from. */
public sealed interface Revision {

  /**
   * An object of an S3 bucket.
   *
   * @param version the object version; absent = the newest
   * @param eTag the ETag the object must have, quotes as the service sent them
   */
  record S3(
      String bucket,
      String key,
      BundleType bundleType,
      Optional<String> version,
      Optional<String> eTag)
      implements Revision {}

  /**
   * A commit of a GitHub repository.
   *
   * @param bundleType as given; whether it can be had is decided when it is fetched
   */
  record GitHub(String account, String repository, String commitId, Optional<String> bundleType)
      implements Revision {}

  /** A packed bundle on this host. */
  record LocalFile(String location, BundleType bundleType) implements Revision {}

  /** An unpacked bundle on this host. */
  record LocalDirectory(String location, BundleType bundleType) implements Revision {}
}
