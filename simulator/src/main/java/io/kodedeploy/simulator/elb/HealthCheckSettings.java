package io.kodedeploy.simulator.elb;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * How a target group checks its targets.
 *
 * @param port a number; empty is the port the target is registered with ({@code traffic-port})
 * @param matcher status codes that pass: {@code 200}, {@code 200,204}, {@code 200-299}
 */
record HealthCheckSettings(
    String protocol,
    OptionalInt port,
    String path,
    Duration interval,
    Duration timeout,
    int healthyThreshold,
    int unhealthyThreshold,
    String matcher) {

  /** The service's defaults (specification 8.1). */
  static final HealthCheckSettings DEFAULTS =
      new HealthCheckSettings(
          "HTTP",
          OptionalInt.empty(),
          "/",
          Duration.ofSeconds(30),
          Duration.ofSeconds(6),
          5,
          2,
          "200");

  /** Checks bounds, in the service's words. */
  HealthCheckSettings {
    require(
        protocol.equals("HTTP"),
        "Health check protocol '" + protocol + "' is not supported: the simulator checks by HTTP");
    require(
        path.startsWith("/") && path.length() <= 1024,
        "Health check path '" + path + "' must begin with a '/' character");
    require(
        between(interval.toSeconds(), 5, 300),
        "Health check interval must be greater than or equal to '5' and less than or equal to"
            + " '300'");
    require(
        between(timeout.toSeconds(), 2, 120),
        "Health check timeout must be greater than or equal to '2' and less than or equal to"
            + " '120'");
    require(
        timeout.compareTo(interval) < 0,
        "Health check timeout '"
            + timeout.toSeconds()
            + "' must be smaller than the interval '"
            + interval.toSeconds()
            + "'");
    require(
        between(healthyThreshold, 2, 10),
        "Healthy threshold count must be greater than or equal to '2' and less than or equal to"
            + " '10'");
    require(
        between(unhealthyThreshold, 2, 10),
        "Unhealthy threshold count must be greater than or equal to '2' and less than or equal to"
            + " '10'");
    require(
        matcher.matches("[2-4]\\d\\d(-[2-4]\\d\\d)?(,[2-4]\\d\\d(-[2-4]\\d\\d)?)*"),
        "Health check matcher HTTP code '" + matcher + "' must be within '200-499'");
  }

  boolean passes(int status) {
    for (var part : matcher.split(",", -1)) {
      int low = Integer.parseInt(part.substring(0, 3));
      int high = part.length() == 3 ? low : Integer.parseInt(part.substring(4));
      if (low <= status && status <= high) {
        return true;
      }
    }
    return false;
  }

  private static boolean between(long value, long low, long high) {
    return low <= value && value <= high;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
