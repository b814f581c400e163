package io.kodedeploy.node.elb;

import io.kodedeploy.node.traffic.Pause;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A share of a service's request limit. Safe for use by many threads: a caller takes the next free
 * moment under the lock and waits for it outside.
 */
final class TokenBucket {
  private final Duration perToken;
  private final Duration burst;
  private final InstantSource clock;
  private final Pause pause;

  /** When the bucket would be empty of debt; in the past while it holds tokens. */
  private Instant paidUntil;

  TokenBucket(int capacity, Duration perToken, InstantSource clock, Pause pause) {
    this.perToken = perToken;
    this.burst = perToken.multipliedBy(capacity - 1L);
    this.clock = clock;
    this.pause = pause;
    this.paidUntil = clock.instant().minus(burst);
  }

  /** Returns when one more call fits. */
  void take() throws InterruptedException {
    Duration wait = reserve();
    if (wait.isPositive()) {
      pause.sleep(wait);
    }
  }

  private synchronized Duration reserve() {
    Instant now = clock.instant();
    Instant full = now.minus(burst);
    Instant start = paidUntil.isBefore(full) ? full : paidUntil;
    paidUntil = start.plus(perToken);
    return Duration.between(now, start);
  }
}
