package io.kodedeploy.core.spec;

import io.kodedeploy.core.json.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * A specification as JSON that {@link DeploymentSpecReader#readUnsigned} reads: what a host notes
 * to fetch a bundle again. A GitHub token is never part of it.
 */
public final class DeploymentSpecText {
  private DeploymentSpecText() {}

  /** The JSON; the token is left out. */
  public static String of(DeploymentSpec spec) {
    var json = Json.object();
    json.put("DeploymentId", spec.deploymentId());
    json.put("DeploymentGroupId", spec.deploymentGroupId());
    json.put("DeploymentGroupName", spec.deploymentGroupName());
    json.put("ApplicationName", spec.applicationName());
    json.put("DeploymentCreator", spec.deploymentCreator());
    json.put("DeploymentType", spec.deploymentType());
    json.put("AppSpecFilename", spec.appSpecFilename());
    json.putObject("AgentActionOverrides")
        .putObject("AgentOverrides")
        .put("FileExistsBehavior", spec.fileExistsBehavior().name());
    var events = json.putArray("AllPossibleLifecycleEvents");
    spec.allPossibleLifecycleEvents().forEach(events::add);
    spec.reuseArchiveFromDeploymentId()
        .ifPresent(id -> json.put("ReuseArchiveFromDeploymentId", id));
    revision(json.putObject("Revision"), spec.revision());
    return Json.write(json);
  }

  private static void revision(ObjectNode json, Revision revision) {
    switch (revision) {
      case Revision.S3 s3 -> {
        var node = json.put("RevisionType", "S3").putObject("S3Revision");
        node.put("Bucket", s3.bucket()).put("Key", s3.key());
        node.put("BundleType", s3.bundleType().text());
        s3.version().ifPresent(version -> node.put("Version", version));
        s3.eTag().ifPresent(eTag -> node.put("ETag", eTag));
      }
      case Revision.GitHub gitHub -> {
        var node = json.put("RevisionType", "GitHub").putObject("GitHubRevision");
        node.put("Account", gitHub.account()).put("Repository", gitHub.repository());
        node.put("CommitId", gitHub.commitId()).put("Anonymous", true);
        gitHub.bundleType().ifPresent(type -> node.put("BundleType", type));
      }
      case Revision.LocalFile file -> local(json, "Local File", file.location(), file.bundleType());
      case Revision.LocalDirectory directory ->
          local(json, "Local Directory", directory.location(), directory.bundleType());
    }
  }

  private static void local(ObjectNode json, String type, String location, BundleType bundleType) {
    json.put("RevisionType", type)
        .putObject("LocalRevision")
        .put("Location", location)
        .put("BundleType", bundleType.text());
  }
}
