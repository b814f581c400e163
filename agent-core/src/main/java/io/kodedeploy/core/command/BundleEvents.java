package io.kodedeploy.core.command;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.spec.DeploymentSpec;

/** DownloadBundle and Install by the packages {@code bundle} and {@code install}. */
final class BundleEvents implements BuiltInEvents {
  private BundleEvents() {}

  static BundleEvents of(HostSettings settings, HostIdentity identity) {
    return new BundleEvents();
  }

  @Override
  public String downloadBundle(DeploymentSpec spec) {
    throw new AgentException(
        ErrorCode.COMMAND_UNSUPPORTED, "bundles are not read yet: " + spec.deploymentId());
  }

  @Override
  public void install(DeploymentSpec spec) {
    throw new AgentException(
        ErrorCode.COMMAND_UNSUPPORTED, "bundles are not installed yet: " + spec.deploymentId());
  }
}
