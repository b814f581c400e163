package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Caller;
import io.kodedeploy.simulator.wire.Json;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** Who may speak for a host, and what a host is told of a deployment. Thread-safe. */
public final class Hosts {
  private static final Pattern EC2 =
      Pattern.compile("arn:aws[a-z-]*:ec2:[a-z0-9-]+:([0-9]{12}):instance/(i-[0-9a-f]+)");

  private final State state;
  private final InstanceDirectory instances;

  Hosts(State state, InstanceDirectory instances) {
    this.state = state;
    this.instances = instances;
  }

  /** Whether this is a registered on-premises instance or an EC2 instance that runs. */
  public boolean isKnown(String host) {
    var ec2 = EC2.matcher(host);
    if (ec2.matches()) {
      return instances
          .find(ec2.group(2))
          .filter(i -> i.state() == InstanceDirectory.State.RUNNING)
          .isPresent();
    }
    synchronized (state) {
      return state.instances.values().stream()
          .anyMatch(i -> i.isRegistered() && i.identityArn.equals(host));
    }
  }

  /**
   * Whether the signer is that host: the IAM user or session itself, or an instance's role, whose
   * session is named as the instance.
   */
  public static boolean speaksFor(Caller caller, String host) {
    var ec2 = EC2.matcher(host);
    return ec2.matches()
        ? caller.account().equals(ec2.group(1))
            && caller.arn().contains(":assumed-role/")
            && caller.name().equals(ec2.group(2))
        : caller.arn().equals(host);
  }

  /** The content of a deployment's specification (host-agent.md 5.3), if the host is part of it. */
  public Optional<ObjectNode> specification(String deploymentId, String host, String account) {
    synchronized (state) {
      return Optional.ofNullable(state.deployments.get(deploymentId))
          .filter(d -> d.all().stream().anyMatch(t -> t.member.host().equals(host)))
          .map(d -> specification(d, account));
    }
  }

  private static ObjectNode specification(Deployment deployment, String account) {
    var order = deployment.order;
    var arn =
        "arn:aws:codedeploy:%s:%s:deployment/%s".formatted(order.region(), account, deployment.id);
    var node =
        Json.object()
            .put("ApplicationName", deployment.group.application.name)
            .put("DeploymentId", arn)
            .put("DeploymentGroupId", deployment.group.id)
            .put("DeploymentGroupName", deployment.group.name)
            .put("DeploymentCreator", order.creator())
            .put("DeploymentType", "IN_PLACE");
    node.putObject("AgentActionOverrides")
        .putObject("AgentOverrides")
        .put("FileExistsBehavior", order.fileExistsBehavior());
    node.set("Revision", revision(order.revision()));
    return node;
  }

  private static ObjectNode revision(Revision revision) {
    return switch (revision) {
      case Revision.S3(var bucket, var key, var type, var version, var eTag) -> {
        var node = Json.object().put("RevisionType", "S3");
        var s3 = node.putObject("S3Revision");
        s3.put("Bucket", bucket).put("Key", key).put("BundleType", type);
        s3.put("Version", version.orElse(null));
        s3.put("ETag", eTag.map(e -> "\"" + e + "\"").orElse(null));
        yield node;
      }
      case Revision.GitHub(var repository, var commit) -> {
        var node = Json.object().put("RevisionType", "GitHub");
        var slash = repository.indexOf('/');
        node.putObject("GitHubRevision")
            .put("Account", repository.substring(0, slash))
            .put("Repository", repository.substring(slash + 1))
            .put("CommitId", commit);
        yield node;
      }
    };
  }
}
