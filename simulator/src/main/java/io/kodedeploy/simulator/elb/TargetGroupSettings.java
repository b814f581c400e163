package io.kodedeploy.simulator.elb;

import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the API says about a target group; immutable. */
record TargetGroupSettings(
    String arn,
    String name,
    String protocol,
    int port,
    String vpcId,
    TargetType targetType,
    String protocolVersion,
    HealthCheckSettings healthCheck,
    SortedMap<String, String> attributes) {

  static final String DELAY = "deregistration_delay.timeout_seconds";

  /** Attributes of a new group of type instance or ip. */
  static SortedMap<String, String> defaultAttributes() {
    return new TreeMap<>(
        Map.of(
            DELAY,
            "300",
            "stickiness.enabled",
            "false",
            "stickiness.type",
            "lb_cookie",
            "stickiness.lb_cookie.duration_seconds",
            "86400",
            "slow_start.duration_seconds",
            "0",
            "load_balancing.algorithm.type",
            "round_robin",
            "load_balancing.cross_zone.enabled",
            "use_load_balancer_configuration"));
  }

  Duration deregistrationDelay() {
    return Duration.ofSeconds(Long.parseLong(attributes.getOrDefault(DELAY, "300")));
  }

  TargetGroupSettings with(HealthCheckSettings changed) {
    return new TargetGroupSettings(
        arn, name, protocol, port, vpcId, targetType, protocolVersion, changed, attributes);
  }

  TargetGroupSettings with(SortedMap<String, String> changed) {
    return new TargetGroupSettings(
        arn, name, protocol, port, vpcId, targetType, protocolVersion, healthCheck, changed);
  }

  /** What a target's id is. */
  enum TargetType {
    INSTANCE,
    IP
  }
}
