package io.kodedeploy.node.traffic;

/** Who registers the node; setting {@code traffic.mode}. */
public enum TrafficMode {
  /** What the deployment group says: see {@link TrafficPlan}. */
  AUTO,
  /** CodeDeploy or somebody else does; the agent proves the result. */
  VERIFY,
  /** The agent does. */
  MANAGE
}
