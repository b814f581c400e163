package io.kodedeploy.core.error;

/**
 * Every failure an operator can meet. The id is public: metrics, documentation and alerts use it.
 */
public enum ErrorCode {
  AGENT_PROTECTED(
      "agent-protected",
      false,
      "Use kodedeploy-apply, or an account, Secret or name of the bundle's own."),
  APPLY_CONFLICT(
      "apply-conflict",
      false,
      "Remove the field or object from one of its two owners, or set force: true for this path."),
  APPLY_REFUSED(
      "apply-refused",
      false,
      "Correct what the API server names: the object, or the rights of the agent's account."),
  CLUSTER_DENIED(
      "cluster-denied",
      true,
      "Give the agent's Kubernetes account the missing right, then it goes on by itself."),
  CLUSTER_UNREACHABLE(
      "cluster-unreachable",
      true,
      "Check the API server's address in the kubeconfig, its certificate and the network."),
  CONFIGURATION_INVALID(
      "configuration-invalid", false, "Correct the named setting and start again."),
  COMMAND_INTERRUPTED(
      "command-interrupted", false, "Deploy again: the agent was restarted while it worked."),
  COMMAND_INVALID("command-invalid", false, "Check that no other host uses this host's identity."),
  COMMAND_UNSUPPORTED("command-unsupported", false, "Upgrade the agent."),
  CREDENTIALS_UNAVAILABLE(
      "credentials-unavailable", true, "Give the host credentials, then it goes on by itself."),
  HOST_UNSUITED(
      "host-unsuited",
      false,
      "Change the AppSpec as the message says, or let a kodedeploy.run Job do it."),
  HOOKS_DISABLED(
      "hooks-disabled",
      false,
      "Set hooks: true in agent.yml, or remove the scripts from the AppSpec."),
  IDENTITY_INVALID("identity-invalid", false, "Correct the on-premises file and start again."),
  IDENTITY_UNAVAILABLE(
      "identity-unavailable",
      true,
      "Check that the instance metadata service answers on this host."),
  KIND_MISSING(
      "kind-missing",
      false,
      "Install what defines the kind and deploy again; catch-up goes on by itself when it is"
          + " there."),
  KUSTOMIZE_FAILED(
      "kustomize-failed",
      false,
      "Correct what kustomize names; `kubectl kustomize` on the same folder says the same."),
  KUSTOMIZE_MISSING(
      "kustomize-missing",
      false,
      "Use the full image of the namespace agent (without -slim), or put the output of `kubectl"
          + " kustomize` into the bundle."),
  MANIFEST_INVALID(
      "manifest-invalid", false, "Correct the named file and line, then deploy a new revision."),
  NAMESPACE_ENDING(
      "namespace-ending",
      false,
      "No action if that was meant: `kode cluster retire --namespace` takes the host out. Else make"
          + " the namespace again and deploy."),
  NOT_ACCEPTED(
      "not-accepted",
      false,
      "Deploy through an accepted group and bucket, or add it to accept: in the agent's"
          + " agent.yml."),
  PAUSED(
      "paused",
      true,
      "Take the annotation kodedeploy.io/pause off the namespace, then deploy again."),
  NOT_READY("not-ready", false, "Correct what the objects' reasons name, or allow a longer wait."),
  RECORD_WRITE_FAILED(
      "record-write-failed", true, "Check the bucket and the right to write the record's key."),
  RUN_BUNDLE_NOT_DELIVERED(
      "run-bundle-not-delivered",
      false,
      "Check that pods of the namespace reach the agent's Service on port 8081."),
  RUN_EVICTED(
      "run-evicted",
      false,
      "Give the Job requests or a calmer node, keep others from deleting it, then deploy again."),
  RUN_FAILED("run-failed", false, "Read the script's log and correct the command or its image."),
  RUN_IMAGE_UNAVAILABLE(
      "run-image-unavailable",
      false,
      "Correct the image's name, or name a Secret that may pull it in imagePullSecrets."),
  RUN_NOT_STARTED(
      "run-not-started", false, "Correct what the cluster names in the message and deploy again."),
  RUN_OUT_OF_MEMORY("run-out-of-memory", false, "Raise resources.limits.memory of the run entry."),
  RUN_REFUSED(
      "run-refused",
      false,
      "Correct what the API server names: the Job, a quota, or the rights of the apply account."),
  RUN_TIMED_OUT(
      "run-timed-out", false, "Make the command quicker or the run entry's timeout longer."),
  RUN_UNAVAILABLE(
      "run-unavailable", false, "Set run.image in the agent's agent.yml; the chart does."),
  SCRIPT_FAILED("script-failed", false, "Read the script's log and correct the script."),
  SCRIPT_MISSING(
      "script-missing", false, "Put the script into the bundle at the location of the AppSpec."),
  SCRIPT_NOT_EXECUTABLE(
      "script-not-executable",
      false,
      "Give the agent's account the right to change the script's mode."),
  SCRIPT_OUTPUT_LEFT_OPEN(
      "script-output-left-open", false, "Redirect the output of what the script leaves running."),
  SCRIPT_TIMED_OUT("script-timed-out", false, "Make the script quicker or its timeout longer."),
  SERVICE_DENIED(
      "service-denied",
      true,
      "Give the host's role or user the missing permission, then it goes on by itself."),
  SERVICE_ERROR(
      "service-error", true, "Read the message; the agent repeats the call where that can help."),
  SERVICE_REFUSED(
      "service-refused", false, "Read the message; the service does not accept the call."),
  SERVICE_THROTTLED("service-throttled", true, "No action: the agent slows down by itself."),
  SERVICE_UNREACHABLE(
      "service-unreachable", true, "Check the endpoint, the proxy and the network of this host."),
  STATE_INVALID(
      "state-invalid",
      false,
      "Restore the named file, or remove it after taking this host out of every target group."),
  STATE_LOCKED(
      "state-locked",
      false,
      "Stop the other agent that uses this root_dir, or give this one another."),
  STATE_WRITE_FAILED(
      "state-write-failed", false, "Check the free space and the rights of root_dir."),
  TARGET_GROUP_ATTACHED(
      "target-group-attached",
      false,
      "Detach the target group from the Auto Scaling group, or let CodeDeploy alone switch it."),
  TARGET_GROUP_CLAIMED(
      "target-group-claimed",
      false,
      "Let one application only name the target group; deploy the other one without it."),
  TARGET_GROUP_NOT_FOUND(
      "target-group-not-found",
      false,
      "Correct the target group's name or ARN, or create the target group."),
  TARGET_GROUP_TYPE("target-group-type", false, "Use a target group of target type instance."),
  TARGET_NOT_DRAINED(
      "target-not-drained", false, "Read target group, state and reason in the message."),
  TARGET_NOT_HEALTHY(
      "target-not-healthy", false, "Read target group, state and reason in the message."),
  TARGET_PORT_INVALID(
      "target-port-invalid", false, "Correct port or nodePort of the target group in the AppSpec."),
  TRAFFIC_MODE_UNKNOWN(
      "traffic-mode-unknown",
      false,
      "Allow codedeploy:GetDeploymentGroup to the node's role, or set traffic.mode in agent.yml."),
  SUPERSEDED(
      "superseded",
      false,
      "No action: a newer deployment of the same application goes on instead."),
  SPECIFICATION_INVALID(
      "specification-invalid", false, "Create the deployment again; report it if it stays."),
  SPECIFICATION_UNTRUSTED(
      "specification-untrusted",
      false,
      "Check the command service endpoint and any proxy that rewrites its answers."),
  BUNDLE_UNAVAILABLE(
      "bundle-unavailable", false, "Check that the bundle exists and that this host may read it."),
  BUNDLE_CHANGED(
      "bundle-changed", false, "Register the revision again and deploy the new revision."),
  BUNDLE_UNREADABLE(
      "bundle-unreadable",
      false,
      "Correct what the message names, pack and upload the bundle again."),
  DISK_FULL("disk-full", false, "Free disk space on the host and deploy again."),
  APPSPEC_MISSING(
      "appspec-missing", false, "Put an appspec.yml at the top of the bundle and push it again."),
  APPSPEC_INVALID("appspec-invalid", false, "Correct the AppSpec file and push the bundle again."),
  INSTALL_CONFLICT(
      "install-conflict", false, "Remove the named file or choose another file-exists behavior."),
  INSTALL_FAILED("install-failed", false, "Correct the named file or setting and deploy again."),
  UNEXPECTED("unexpected", false, "Report this with the agent's log.");

  private final String id;
  private final boolean retryable;
  private final String remedy;

  ErrorCode(String id, boolean retryable, String remedy) {
    this.id = id;
    this.retryable = retryable;
    this.remedy = remedy;
  }

  /** The stable id, lower case with dashes. */
  public String id() {
    return id;
  }

  /** Whether the same call may succeed later without anybody's help. */
  public boolean retryable() {
    return retryable;
  }

  /** What an operator does about it. */
  public String remedy() {
    return remedy;
  }
}
