package io.kodedeploy.core.protocol;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.DoubleSupplier;

/**
 * Keeps all calls of a host back after a throttling answer (host-agent.md section 4.6): 1 s,
 * doubling up to 30 s, plus up to a quarter at random; a success opens it. Each call takes a ticket
 * when it passes: what was sent before the gate was last shut says nothing about it, neither a
 * success nor one throttling answer more. One lock around everything.
 */
final class ThrottleGate {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final InstantSource clock;
  private final Pause pause;
  private final DoubleSupplier random;
  private Duration next = FIRST;
  private Instant opens = Instant.MIN;
  private long shut;

  ThrottleGate(InstantSource clock, Pause pause, DoubleSupplier random) {
    this.clock = clock;
    this.pause = pause;
    this.random = random;
  }

  /** Returns when a call may be sent, with the ticket for its answer. */
  long pass() throws InterruptedException {
    while (true) {
      Duration wait;
      synchronized (this) {
        var now = clock.instant();
        if (!now.isBefore(opens)) {
          return shut;
        }
        wait = Duration.between(now, opens);
        if (wait.compareTo(LONGEST.multipliedBy(2)) > 0) { // the clock was set back meanwhile
          opens = now.plus(LONGEST);
          wait = LONGEST;
        }
      }
      pause.forDuration(wait);
    }
  }

  /** The call with that ticket was throttled. */
  synchronized void throttled(long ticket) {
    if (ticket != shut) {
      return;
    }
    var jitter = (long) (next.toMillis() * 0.25 * random.getAsDouble());
    opens = clock.instant().plus(next).plusMillis(jitter);
    next = next.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : next.multipliedBy(2);
    shut++;
  }

  /** The call with that ticket was answered well. */
  synchronized void succeeded(long ticket) {
    if (ticket == shut) {
      next = FIRST;
      opens = Instant.MIN;
    }
  }
}
