package io.kodedeploy.node.traffic;

import java.time.Duration;
import java.util.Optional;

/**
 * ELB as the node sees it. Every call waits for its share of the call budget and repeats itself
 * while it is throttled; {@link io.kodedeploy.core.error.AgentException} otherwise, {@link
 * InterruptedException} when the agent stops. Safe for use by many threads.
 */
public interface LoadBalancing {
  /** The target group, if there is one. */
  Optional<TargetGroup> describe(TargetGroupRef ref) throws InterruptedException;

  /** How long a deregistered target drains; empty when the node may not know. */
  Optional<Duration> deregistrationDelay(String targetGroupArn) throws InterruptedException;

  /** The node's own target as it stands. */
  TargetHealth health(Target target) throws InterruptedException;

  /** Registers the node's own instance on that port. */
  void register(Target target) throws InterruptedException;

  /** Deregisters the node's own instance on that port. */
  void deregister(Target target) throws InterruptedException;

  /** The node's own Auto Scaling group, when that group manages this target group. */
  Optional<String> scalingGroupOf(String targetGroupArn) throws InterruptedException;
}
