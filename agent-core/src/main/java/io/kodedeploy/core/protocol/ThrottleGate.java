package io.kodedeploy.core.protocol;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.DoubleSupplier;

/**
 * Keeps all calls of a host back after a throttling answer (host-agent.md section 4.6): 1 s,
 * doubling up to 30 s, plus up to a quarter at random; a success opens it. One lock around
 * everything.
 */
final class ThrottleGate {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final InstantSource clock;
  private final Pause pause;
  private final DoubleSupplier random;
  private Duration next = FIRST;
  private Instant opens = Instant.EPOCH;

  ThrottleGate(InstantSource clock, Pause pause, DoubleSupplier random) {
    this.clock = clock;
    this.pause = pause;
    this.random = random;
  }

  /** Returns when a call may be sent. */
  void pass() throws InterruptedException {
    for (var wait = wait(clock.instant()); wait.isPositive(); wait = wait(clock.instant())) {
      pause.forDuration(wait);
    }
  }

  private synchronized Duration wait(Instant now) {
    return Duration.between(now, opens);
  }

  synchronized void throttled() {
    var jitter = (long) (next.toMillis() * 0.25 * random.getAsDouble());
    opens = clock.instant().plus(next).plusMillis(jitter);
    next = next.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : next.multipliedBy(2);
  }

  synchronized void succeeded() {
    next = FIRST;
    opens = Instant.EPOCH;
  }
}
