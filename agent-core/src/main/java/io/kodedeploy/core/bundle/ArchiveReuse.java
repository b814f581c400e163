package io.kodedeploy.core.bundle;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.store.DeploymentPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the archive of an earlier deployment of the group (host-agent.md 14.1). */
final class ArchiveReuse {
  private static final Logger log = LoggerFactory.getLogger(ArchiveReuse.class);
  private static final Pattern ID = Pattern.compile("d-[A-Z0-9]+");
  private static final int LONGEST_ID = 64;

  private ArchiveReuse() {}

  /** Whether the archive was taken. If not, nothing of it is left. */
  static boolean take(DeploymentSpec spec, DeploymentPaths paths, Path deployment) {
    var id = spec.reuseArchiveFromDeploymentId().orElse("");
    if (!ID.matcher(id).matches() || id.length() > LONGEST_ID || id.equals(spec.deploymentId())) {
      return false;
    }
    var source = paths.deployment(spec.deploymentGroupId(), id);
    var archive = DeploymentPaths.archive(deployment);
    try {
      if (!usable(spec, paths, DeploymentPaths.archive(source))) {
        return false;
      }
      FileTrees.delete(archive);
      FileTrees.copy(DeploymentPaths.archive(source), archive);
      var bundle = DeploymentPaths.bundle(source);
      if (Files.exists(bundle, NOFOLLOW_LINKS)) {
        Files.deleteIfExists(DeploymentPaths.bundle(deployment));
        Files.createLink(DeploymentPaths.bundle(deployment), bundle);
      }
      var eTag = ObservedETag.file(source);
      if (Files.exists(eTag)) {
        Files.copy(eTag, ObservedETag.file(deployment));
      }
      return true;
    } catch (IOException e) {
      log.atWarn().setCause(e).addKeyValue("from", id).log("archive cannot be reused");
      discard(deployment);
      return false;
    }
  }

  private static boolean usable(DeploymentSpec spec, DeploymentPaths paths, Path archive)
      throws IOException {
    if (!Files.isDirectory(archive)
        || !archive.toRealPath().startsWith(paths.group(spec.deploymentGroupId()).toRealPath())) {
      return false;
    }
    try {
      RevisionArchive.appSpecFile(archive, spec.appSpecFilename());
      return true;
    } catch (AgentException _) {
      return false; // an archive without AppSpec is none
    }
  }

  private static void discard(Path deployment) {
    try {
      FileTrees.delete(DeploymentPaths.archive(deployment));
      Files.deleteIfExists(DeploymentPaths.bundle(deployment));
      Files.deleteIfExists(ObservedETag.file(deployment));
    } catch (IOException e) {
      log.atWarn().setCause(e).log("part of a reused archive is left");
    }
  }
}
