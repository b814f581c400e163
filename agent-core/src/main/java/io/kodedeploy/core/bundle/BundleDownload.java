package io.kodedeploy.core.bundle;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

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

  /**
   * A download for one host; no connection is made yet.
   *
   * @param maxRevisions {@code max_revisions}, at least 1
   * @param reuseArchives {@code enable_archive_reuse}
   */
  public static BundleDownload of(
      DeploymentPaths paths,
      int maxRevisions,
      boolean reuseArchives,
      S3Settings s3,
      AwsCredentialsProvider credentials) {
    return new BundleDownload(
        paths,
        maxRevisions,
        reuseArchives,
        new S3Bundles(s3, credentials),
        new GitHubBundles(GITHUB, s3.proxy(), Thread::sleep));
  }

  BundleDownload(
      DeploymentPaths paths,
      int maxRevisions,
      boolean reuseArchives,
      S3Bundles s3,
      GitHubBundles gitHub) {
    this.paths = paths;
    this.markers = new DeploymentMarkers(paths);
    this.maxRevisions = maxRevisions;
    this.reuseArchives = reuseArchives;
    this.s3 = s3;
    this.gitHub = gitHub;
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
    Files.deleteIfExists(ObservedETag.file(deployment));
    switch (spec.revision()) {
      case Revision.S3 revision -> {
        AtomicFiles.write(ObservedETag.file(deployment), s3.fetch(revision, bundle));
        unpack(bundle, revision.bundleType(), archive, deployment);
      }
      case Revision.GitHub revision -> {
        var type = GitHubBundles.type(revision);
        gitHub.fetch(revision, spec.gitHubToken(), bundle);
        unpack(bundle, type, archive, deployment);
      }
      case Revision.LocalFile revision -> {
        var location = local(revision.location());
        Files.deleteIfExists(bundle);
        Files.createSymbolicLink(bundle, location);
        unpack(bundle, revision.bundleType(), archive, deployment);
      }
      case Revision.LocalDirectory revision -> {
        var location = local(revision.location());
        Files.deleteIfExists(bundle);
        FileTrees.delete(archive);
        FileTrees.copy(location.toRealPath(), archive);
      }
    }
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

  private static void unpack(Path bundle, BundleType type, Path archive, Path deployment)
      throws IOException, InterruptedException {
    Unpacker.unpack(bundle, type, archive);
    var only = leadingFolder(archive);
    if (only.isPresent()) {
      log.atInfo().log("Stripping leading directory from archive bundle contents.");
      var temporary = DeploymentPaths.archiveTemp(deployment);
      FileTrees.delete(temporary);
      Files.move(only.get(), temporary);
      FileTrees.delete(archive);
      Files.move(temporary, archive);
    }
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
