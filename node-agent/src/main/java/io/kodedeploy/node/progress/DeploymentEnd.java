package io.kodedeploy.node.progress;

import io.kodedeploy.core.spec.DeploymentSpec;

/** Hears how deployments end on this node. Called on the host's threads: answers quickly. */
public interface DeploymentEnd {
  /** The last event of a deployment passed. */
  void succeeded(DeploymentSpec spec);

  /**
   * An event of a deployment failed.
   *
   * @param event name of the event
   * @param cause stable id and message
   */
  void failed(DeploymentSpec spec, String event, String cause);
}
