package io.kodedeploy.node.traffic;

/** CodeDeploy's deployment groups as the node sees them. */
public interface DeploymentGroups {
  /**
   * How a group moves traffic.
   *
   * @return {@link GroupTraffic.Known}, or {@link GroupTraffic.Denied} when the node may not read
   *     it
   * @throws io.kodedeploy.core.error.AgentException when CodeDeploy cannot be asked
   */
  GroupTraffic read(String application, String deploymentGroup) throws InterruptedException;
}
