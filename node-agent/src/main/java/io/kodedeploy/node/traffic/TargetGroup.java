package io.kodedeploy.node.traffic;

import java.time.Duration;

/**
 * What ELB says about a target group.
 *
 * @param arn its ARN
 * @param name its name
 * @param port port of targets that are registered without one
 * @param targetType {@code instance}, {@code ip}, {@code lambda} or {@code alb}
 * @param healthCheck what is checked, for error messages: {@code HTTP /healthz expecting 200}
 * @param interval time between two health checks of one target
 */
public record TargetGroup(
    String arn, String name, int port, String targetType, String healthCheck, Duration interval) {}
