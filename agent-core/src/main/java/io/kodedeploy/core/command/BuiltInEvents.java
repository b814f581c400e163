package io.kodedeploy.core.command;

import io.kodedeploy.core.spec.DeploymentSpec;

/** The two events that the agent itself carries out. */
interface BuiltInEvents extends AutoCloseable {
  /** Fetches and unpacks the bundle; answers the note of the success report, or an empty one. */
  String downloadBundle(DeploymentSpec spec) throws InterruptedException;

  /** Installs the unpacked revision. */
  void install(DeploymentSpec spec) throws InterruptedException;

  @Override
  default void close() {}
}
