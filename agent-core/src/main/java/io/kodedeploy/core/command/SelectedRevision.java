package io.kodedeploy.core.command;

import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.RevisionChoice;
import io.kodedeploy.core.store.DeploymentMarkers;
import io.kodedeploy.core.store.DeploymentPaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The revision whose AppSpec and scripts serve an event (host-agent.md section 6.2).
 *
 * @param archive where it is unpacked, or will be
 * @param appSpec empty when there is no such revision yet
 */
record SelectedRevision(Path archive, Optional<AppSpec> appSpec) {
  /**
   * Selects it.
   *
   * @throws io.kodedeploy.core.error.AgentException {@code appspec-invalid} when a revision is
   *     there but its AppSpec is missing or wrong
   */
  static SelectedRevision of(
      LifecycleEvent event, DeploymentSpec spec, DeploymentPaths paths, AppSpecs appSpecs) {
    var current = paths.deployment(spec.deploymentGroupId(), spec.deploymentId());
    var markers = new DeploymentMarkers(paths);
    boolean unpacked = Files.isDirectory(DeploymentPaths.archive(current));
    if (event.equals(LifecycleEvent.DOWNLOAD_BUNDLE) && !unpacked) {
      return new SelectedRevision(DeploymentPaths.archive(current), Optional.empty());
    }
    var deployment =
        switch (RevisionChoice.of(event.name(), spec, unpacked)) {
          case CURRENT -> Optional.of(current);
          case LAST_SUCCESSFUL -> markers.lastSuccessfulInstall(spec.deploymentGroupId());
          case MOST_RECENT -> markers.mostRecentInstall(spec.deploymentGroupId());
        };
    if (deployment.isEmpty()) {
      return new SelectedRevision(DeploymentPaths.archive(current), Optional.empty());
    }
    var archive = DeploymentPaths.archive(deployment.get());
    return new SelectedRevision(archive, Optional.of(appSpecs.of(archive, spec.appSpecFilename())));
  }
}
