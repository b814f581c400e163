package io.kodedeploy.core.store;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** The two marker files of a deployment group (host-agent.md section 11.2). */
public final class DeploymentMarkers {
  private final DeploymentPaths paths;

  /** Markers below that root. */
  public DeploymentMarkers(DeploymentPaths paths) {
    this.paths = paths;
  }

  /** The deployment directory whose Install ended well last. */
  public Optional<Path> lastSuccessfulInstall(String groupId) {
    return read(paths.lastSuccessfulInstall(groupId));
  }

  /** The deployment directory whose bundle was fetched last. */
  public Optional<Path> mostRecentInstall(String groupId) {
    return read(paths.mostRecentInstall(groupId));
  }

  /** Called at the end of Install. */
  public void installed(String groupId, Path deployment) {
    write(paths.lastSuccessfulInstall(groupId), deployment);
  }

  /** Called at the end of DownloadBundle. */
  public void downloaded(String groupId, Path deployment) {
    write(paths.mostRecentInstall(groupId), deployment);
  }

  private static Optional<Path> read(Path marker) {
    try {
      return AtomicFiles.read(marker)
          .map(text -> Path.of(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + marker, e);
    }
  }

  private static void write(Path marker, Path deployment) {
    try {
      AtomicFiles.write(marker, deployment.toString());
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.STATE_WRITE_FAILED, "cannot write " + marker + ": " + e, e);
    }
  }
}
