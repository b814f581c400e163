package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.AwsError;
import java.util.Optional;

/**
 * What CodeDeploy asks Elastic Load Balancing to do with an instance. Calls return at once: they
 * start a registration or a drain, {@link #health} tells how far it is. Implementations are
 * thread-safe and name a target group by its name or its ARN.
 */
public interface TrafficControl {

  /** State of one target, as DescribeTargetHealth names it. */
  enum State {
    /** Registered, first check not passed. */
    INITIAL,
    /** Takes traffic. */
    HEALTHY,
    /** Fails its checks. */
    UNHEALTHY,
    /** Deregistered, requests in flight end. */
    DRAINING,
    /** Not registered, or its group is not behind a listener. */
    UNUSED,
    /** Not known. */
    UNAVAILABLE
  }

  /** State and reason code ({@code Target.NotInUse}); the reason is empty for a healthy one. */
  record Health(State state, String reason) {}

  /**
   * A target group.
   *
   * @param targetType {@code instance}, {@code ip}, ...
   */
  record TargetGroup(String name, String arn, String targetType) {}

  /** The group, if there is one. */
  Optional<TargetGroup> find(String targetGroup);

  /**
   * RegisterTargets with the id only, so on the group's default port.
   *
   * @throws AwsError as the API call would: {@code TargetGroupNotFound}, {@code InvalidTarget}
   */
  void register(String targetGroup, String instanceId);

  /**
   * DeregisterTargets with the id only: the registration on the default port. Without one nothing
   * happens.
   *
   * @throws AwsError {@code TargetGroupNotFound}
   */
  void deregister(String targetGroup, String instanceId);

  /**
   * The health of the registration on the default port.
   *
   * @throws AwsError {@code TargetGroupNotFound}
   */
  Health health(String targetGroup, String instanceId);

  /** An account without load balancers. */
  TrafficControl NONE =
      new TrafficControl() {
        @Override
        public Optional<TargetGroup> find(String targetGroup) {
          return Optional.empty();
        }

        @Override
        public void register(String targetGroup, String instanceId) {
          throw notFound(targetGroup);
        }

        @Override
        public void deregister(String targetGroup, String instanceId) {
          throw notFound(targetGroup);
        }

        @Override
        public Health health(String targetGroup, String instanceId) {
          throw notFound(targetGroup);
        }

        private static AwsError notFound(String targetGroup) {
          return AwsError.badRequest(
              "TargetGroupNotFound", "Target group '" + targetGroup + "' not found");
        }
      };
}
