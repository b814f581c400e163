package io.kodedeploy.core.bundle;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.BundleType;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.Revision;
import io.kodedeploy.core.store.AtomicFiles;
import io.kodedeploy.core.store.DeploymentMarkers;
import io.kodedeploy.core.store.DeploymentPaths;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * The command DownloadBundle (host-agent.md 7). Safe for several threads as long as no two work for
 * one deployment group. Closing it closes its clients.
 */
public final class BundleDownload implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BundleDownload.class);
  private static final URI GITHUB = URI.create("https://api.github.com");

  private final DeploymentPaths paths;
  private final DeploymentMarkers markers;
  private final int maxRevisions;
  private final boolean reuseArchives;
  private final S3Bundles s3;
  private final GitHubBundles gitHub;
  private final Unpacker unpacker;
  private final BundleRules rules;

  /**
   * A download for one host; no connection is made yet.
   *
   * @param maxRevisions {@code max_revisions}, at least 1
   * @param reuseArchives {@code enable_archive_reuse}
   * @param rules what a bundle may hold
   */
  public static BundleDownload of(
      DeploymentPaths paths,
      int maxRevisions,
      boolean reuseArchives,
      BundleRules rules,
      S3Settings s3,
      AwsCredentialsProvider credentials) {
    return new BundleDownload(
        paths,
        maxRevisions,
        reuseArchives,
        rules,
        new S3Bundles(s3, credentials),
        new GitHubBundles(GITHUB, s3.proxy(), Thread::sleep));
  }

  BundleDownload(
      DeploymentPaths paths,
      int maxRevisions,
      boolean reuseArchives,
      BundleRules rules,
      S3Bundles s3,
      GitHubBundles gitHub) {
    this.paths = paths;
    this.markers = new DeploymentMarkers(paths);
    this.maxRevisions = maxRevisions;
    this.reuseArchives = reuseArchives;
    this.s3 = s3;
    this.gitHub = gitHub;
    this.rules = rules;
    this.unpacker = new Unpacker(rules);
  }

  /**
   * Fetches and unpacks the deployment's revision, and marks it as the most recent one. Repeatable:
   * what an earlier attempt left is replaced.
   *
   * @return what follows {@code Succeeded: } in the report
   * @throws AgentException with the reason the operator is told
   * @throws InterruptedException if the agent is stopping; nothing is marked then
   */
  public String run(DeploymentSpec spec) throws InterruptedException {
    var group = paths.group(spec.deploymentGroupId());
    var deployment = paths.deployment(spec.deploymentGroupId(), spec.deploymentId());
    var archive = DeploymentPaths.archive(deployment);
    try {
      Files.createDirectories(deployment);
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.STATE_WRITE_FAILED,
          "Error creating deployment root directory " + deployment,
          e);
    }
    var lastSuccessful = markers.lastSuccessfulInstall(spec.deploymentGroupId());
    OldRevisions.remove(group, deployment, lastSuccessful, maxRevisions);
    try {
      var reused = reuseArchives && ArchiveReuse.take(spec, paths, deployment);
      if (!reused) {
        fetch(spec, deployment, archive);
      }
      var note = reused ? "archive-reuse" : "downloaded";
      AtomicFiles.write(deployment.resolve(".bundle-source"), note);
      markers.downloaded(spec.deploymentGroupId(), deployment);
      RevisionArchive.appSpecFile(archive, spec.appSpecFilename());
      return "BundleSource=" + note;
    } catch (IOException e) {
      throw Failures.isDiskFull(e)
          ? new AgentException(ErrorCode.DISK_FULL, "The disk is (or was) full.", e)
          : new AgentException(
              ErrorCode.STATE_WRITE_FAILED,
              "Bundle cannot be put into " + deployment + ": " + Failures.reason(e),
              e);
    }
  }

  private void fetch(DeploymentSpec spec, Path deployment, Path archive)
      throws IOException, InterruptedException {
    var bundle = DeploymentPaths.bundle(deployment);
    var unpacked = DeploymentPaths.archiveTemp(deployment);
    Files.deleteIfExists(ObservedETag.file(deployment));
    FileTrees.delete(archive);
    try {
      switch (spec.revision()) {
        case Revision.S3 revision -> fetch(revision, bundle, unpacked, deployment);
        case Revision.GitHub revision -> {
          var type = GitHubBundles.type(revision);
          gitHub.fetch(revision, spec.gitHubToken(), bundle);
          unpack(bundle, type, unpacked);
        }
        case Revision.LocalFile revision -> {
          var location = local(revision.location());
          Files.deleteIfExists(bundle);
          Files.createSymbolicLink(bundle, location);
          unpack(bundle, revision.bundleType(), unpacked);
        }
        case Revision.LocalDirectory revision -> {
          var location = local(revision.location()).toRealPath();
          Files.deleteIfExists(bundle);
          FileTrees.delete(unpacked);
          LocalDirectories.check(location, rules);
          FileTrees.copy(location, unpacked);
          Files.move(unpacked, archive);
          return;
        }
      }
      moveInPlace(unpacked, archive);
    } finally {
      FileTrees.delete(unpacked);
    }
  }

  /** A zip can be read from its end only; a tar is unpacked while it comes. */
  private void fetch(Revision.S3 revision, Path bundle, Path unpacked, Path deployment)
      throws IOException, InterruptedException {
    if (revision.bundleType() == BundleType.ZIP) {
      AtomicFiles.write(ObservedETag.file(deployment), s3.fetch(revision, bundle, Arrival.NONE));
      unpack(bundle, revision.bundleType(), unpacked);
      return;
    }
    try (var streamed = new StreamedUnpack(unpacker, bundle, revision.bundleType(), unpacked)) {
      AtomicFiles.write(ObservedETag.file(deployment), s3.fetch(revision, bundle, streamed));
      streamed.finish();
    }
  }

  private void unpack(Path bundle, BundleType type, Path unpacked)
      throws IOException, InterruptedException {
    try (var file = BundleFile.whole(bundle)) {
      unpacker.unpack(file, type, unpacked);
    }
  }

  private static void moveInPlace(Path unpacked, Path archive) throws IOException {
    var only = leadingFolder(unpacked);
    if (only.isPresent()) {
      log.atInfo().log("Stripping leading directory from archive bundle contents.");
    }
    Files.move(only.orElse(unpacked), archive);
  }

  private static Path local(String location) {
    try {
      var path = Path.of(location).toAbsolutePath();
      if (Files.exists(path)) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new AgentException(
          ErrorCode.BUNDLE_UNAVAILABLE, "No bundle can be at local path " + location, e);
    }
    throw new AgentException(ErrorCode.BUNDLE_UNAVAILABLE, "No bundle at local path " + location);
  }

  /** The one folder of an archive, if that is all there is and it has an AppSpec of any name. */
  private static Optional<Path> leadingFolder(Path archive) throws IOException {
    try (var entries = Files.list(archive)) {
      var first = entries.limit(2).toList();
      if (first.size() != 1 || !Files.isDirectory(first.getFirst(), NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      try (var inside = Files.list(first.getFirst())) {
        return inside
                .map(entry -> entry.getFileName().toString().toLowerCase(Locale.ROOT))
                .anyMatch(name -> name.contains("appspec"))
            ? Optional.of(first.getFirst())
            : Optional.empty();
      }
    }
  }

  @Override
  public void close() {
    s3.close();
  }
}
