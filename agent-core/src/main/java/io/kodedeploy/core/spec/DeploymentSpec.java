package io.kodedeploy.core.spec;

import java.util.List;
import java.util.Optional;

/**
 * What the service tells a host about one deployment (host-agent.md 5.3).
 *
 * @param deploymentId short form; always one safe path component
 * @param deploymentGroupId always one safe path component
 * @param deploymentGroupName for hooks
 * @param applicationName for hooks
 * @param deploymentCreator {@code user}, {@code autoscaling}, {@code codeDeployRollback}, ...
 * @param deploymentType {@code IN_PLACE} or {@code BLUE_GREEN}
 * @param appSpecFilename relative path that stays inside the archive
 * @param fileExistsBehavior the deployment's choice, unchecked
 * @param allPossibleLifecycleEvents events that the service knows; empty = not given
 * @param gitHubToken present, even when empty, means an authenticated download; never logged
 * @param revision where the bundle comes from
 * @param reuseArchiveFromDeploymentId deployment whose unpacked archive may serve; unchecked
 */
public record DeploymentSpec(
    String deploymentId,
    String deploymentGroupId,
    String deploymentGroupName,
    String applicationName,
    String deploymentCreator,
    String deploymentType,
    String appSpecFilename,
    FileExistsBehavior fileExistsBehavior,
    List<String> allPossibleLifecycleEvents,
    Optional<String> gitHubToken,
    Revision revision,
    Optional<String> reuseArchiveFromDeploymentId) {

  public static final String DEFAULT_CREATOR = "user";
  public static final String DEFAULT_TYPE = "IN_PLACE";
  public static final String DEFAULT_APPSPEC = "appspec.yml";

  public DeploymentSpec {
    allPossibleLifecycleEvents = List.copyOf(allPossibleLifecycleEvents);
  }

  /** Whether this deployment takes back a blue/green deployment (host-agent.md 6.2). */
  public boolean blueGreenRollback() {
    return deploymentCreator.equals("codeDeployRollback") && deploymentType.equals("BLUE_GREEN");
  }

  /** Shows that there is a token, never the token. */
  @Override
  public String toString() {
    return "DeploymentSpec[deploymentId=%s, deploymentGroupId=%s, deploymentGroupName=%s, applicationName=%s, deploymentCreator=%s, deploymentType=%s, appSpecFilename=%s, fileExistsBehavior=%s, allPossibleLifecycleEvents=%s, gitHubToken=%s, revision=%s, reuseArchiveFromDeploymentId=%s]"
        .formatted(
            deploymentId,
            deploymentGroupId,
            deploymentGroupName,
            applicationName,
            deploymentCreator,
            deploymentType,
            appSpecFilename,
            fileExistsBehavior,
            allPossibleLifecycleEvents,
            gitHubToken.map(_ -> "REDACTED"),
            revision,
            reuseArchiveFromDeploymentId);
  }
}
