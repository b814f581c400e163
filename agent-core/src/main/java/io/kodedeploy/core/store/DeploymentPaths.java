package io.kodedeploy.core.store;

import java.nio.file.Path;

/**
 * Names of everything below {@code root_dir} (host-agent.md section 11.1). Only computes, touches
 * no file. Group and deployment ids are checked where a specification is read.
 *
 * @param root absolute path of {@code root_dir}
 * @param trackingDirectory name of the directory of running commands, {@code
 *     ongoing_deployment_tracking}
 * @param programName base name of the log files, {@code program_name}
 */
public record DeploymentPaths(Path root, String trackingDirectory, String programName) {
  /** The official names. */
  public DeploymentPaths(Path root) {
    this(root, "ongoing-deployment", "codedeploy-agent");
  }

  /** Makes the root absolute. */
  public DeploymentPaths {
    root = root.toAbsolutePath().normalize();
  }

  /** {@code <root>/<group>}: the revisions of a deployment group. */
  public Path group(String groupId) {
    return root.resolve(groupId);
  }

  /** {@code <root>/<group>/<deployment>}. */
  public Path deployment(String groupId, String deploymentId) {
    return group(groupId).resolve(deploymentId);
  }

  /** The unpacked revision of a deployment directory. */
  public static Path archive(Path deployment) {
    return deployment.resolve("deployment-archive");
  }

  /** Where the archive stands while a leading directory is stripped. */
  public static Path archiveTemp(Path deployment) {
    return deployment.resolve("deployment-archive-temp");
  }

  /** The fetched bundle, whatever its type. */
  public static Path bundle(Path deployment) {
    return deployment.resolve("bundle.tar");
  }

  /** The log of the scripts of a deployment directory. */
  public static Path scriptsLog(Path deployment) {
    return deployment.resolve("logs").resolve("scripts.log");
  }

  /** Markers, install instructions and clean-up files. */
  public Path instructions() {
    return root.resolve("deployment-instructions");
  }

  /** Names the deployment directory whose Install ended well last. */
  public Path lastSuccessfulInstall(String groupId) {
    return instructions().resolve(groupId + "_last_successful_install");
  }

  /** Names the deployment directory whose bundle was fetched last. */
  public Path mostRecentInstall(String groupId) {
    return instructions().resolve(groupId + "_most_recent_install");
  }

  /** The plan of the group's last Install. */
  public Path installInstructions(String groupId) {
    return instructions().resolve(groupId + "-install.json");
  }

  /** What the group's next Install removes first. */
  public Path cleanup(String groupId) {
    return instructions().resolve(groupId + "-cleanup");
  }

  /** The log of all scripts of all deployments. */
  public Path deploymentsLog() {
    return root.resolve("deployment-logs").resolve(programName + "-deployments.log");
  }

  /** The directory of running commands. */
  public Path tracking() {
    return root.resolve(trackingDirectory);
  }

  /** The file of a running command. */
  public Path tracking(String deploymentId) {
    return tracking().resolve(deploymentId);
  }

  /** The pipes that scripts print into. */
  public Path pipes() {
    return root.resolve(".pipes");
  }

  /** Held while an agent uses this root. */
  public Path lock() {
    return root.resolve(".lock");
  }
}
