package io.kodedeploy.node.traffic;

/**
 * This node's registration in a target group. The instance is always the node's own, so it is no
 * part of the value.
 *
 * @param arn ARN of the target group
 * @param group name of the target group
 * @param port port of the node
 */
public record Target(String arn, String group, int port) {
  @Override
  public String toString() {
    return group + ":" + port;
  }
}
