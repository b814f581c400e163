package io.kodedeploy.node.traffic;

/** Services of the node's cluster. */
public interface NodePorts {
  /**
   * The node port of a Service's port.
   *
   * @throws io.kodedeploy.core.error.AgentException {@code TARGET_PORT_INVALID} when there is none,
   *     {@code SERVICE_UNREACHABLE} when Kubernetes cannot be asked
   */
  int resolve(TargetPort.NodePort port) throws InterruptedException;
}
