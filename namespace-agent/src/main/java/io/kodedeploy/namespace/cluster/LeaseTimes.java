package io.kodedeploy.namespace.cluster;

import java.time.Duration;

/**
 * The clockwork of a Lease.
 *
 * @param duration how long the holder is safe after a renewal was sent
 * @param renewal between two renewals
 * @param look between two looks of one that waits, or whose renewal failed
 */
public record LeaseTimes(Duration duration, Duration renewal, Duration look) {
  /** One agent: two calls a minute; another pod takes over within a minute of a sudden death. */
  public static final LeaseTimes ALONE =
      new LeaseTimes(Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(5));

  /** With a standby, which takes over within 15 s. */
  public static final LeaseTimes WITH_STANDBY =
      new LeaseTimes(Duration.ofSeconds(12), Duration.ofSeconds(4), Duration.ofSeconds(2));

  /** When the holder must stop to believe in itself: a call may still be on its way then. */
  Duration belief() {
    return duration.minus(duration.dividedBy(6));
  }
}
