package io.kodedeploy.namespace.catchup;

import java.time.Duration;
import java.util.function.LongSupplier;

/** At most a number of calls a second, evenly spread. Safe for many threads. */
final class CallBudget {
  /** Waiting, so that a test need not. */
  @FunctionalInterface
  interface Sleeper {
    void sleep(Duration duration) throws InterruptedException;
  }

  private final long spacingNanos;
  private final LongSupplier nanoTime;
  private final Sleeper sleeper;
  private boolean used;
  private long next;

  CallBudget(int perSecond, LongSupplier nanoTime, Sleeper sleeper) {
    this.spacingNanos = Duration.ofSeconds(1).toNanos() / perSecond;
    this.nanoTime = nanoTime;
    this.sleeper = sleeper;
  }

  /** Returns when the next call may be made. */
  void acquire() throws InterruptedException {
    long wait;
    synchronized (this) {
      var now = nanoTime.getAsLong();
      var turn = used && next - now > 0 ? next : now;
      used = true;
      next = turn + spacingNanos;
      wait = turn - now;
    }
    if (wait > 0) {
      sleeper.sleep(Duration.ofNanos(wait));
    }
  }
}
