package io.kodedeploy.core.command;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.core.spec.AppSpecLookup;
import io.kodedeploy.core.spec.AppSpecReader;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.RevisionChoice;
import io.kodedeploy.core.store.DeploymentMarkers;
import io.kodedeploy.core.store.DeploymentPaths;
import java.io.IOException;
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
   * @throws AgentException {@code appspec-invalid} when a revision is there but its AppSpec is
   *     missing or wrong
   */
  static SelectedRevision of(LifecycleEvent event, DeploymentSpec spec, DeploymentPaths paths) {
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
    return new SelectedRevision(archive, Optional.of(appSpec(archive, spec.appSpecFilename())));
  }

  private static AppSpec appSpec(Path archive, String configured) {
    var file =
        AppSpecLookup.find(archive, configured, Files::isRegularFile)
            .orElseThrow(() -> missing(archive, configured));
    try {
      return AppSpecReader.read(file, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new AgentException(ErrorCode.APPSPEC_INVALID, file + " cannot be read: " + e, e);
    }
  }

  private static AgentException missing(Path archive, String configured) {
    return new AgentException(
        ErrorCode.APPSPEC_INVALID,
        "The CodeDeploy agent did not find an AppSpec file within the unpacked revision directory"
            + " at revision-relative path \""
            + configured
            + "\". The revision was unpacked to directory \""
            + archive
            + "\", and the AppSpec file was expected but not found at path \""
            + archive.resolve(configured)
            + "\". Consult the AppSpec documentation for more information at"
            + " http://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file.html");
  }
}
