package io.kodedeploy.namespace.catchup;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** At most a number of calls a second, evenly spread. Safe for many threads. */
final class CallBudget {
  /** Waiting, so that a test need not. */
  @FunctionalInterface
  interface Sleeper {
    void sleep(Duration duration) throws InterruptedException;
  }

  private final Supplier<Duration> spacing;
  private final DoubleSupplier firstPart;
  private final LongSupplier nanoTime;
  private final Sleeper sleeper;
  private boolean used;
  private long next;

  CallBudget(int perSecond, LongSupplier nanoTime, Sleeper sleeper) {
    this(() -> Duration.ofSeconds(1).dividedBy(perSecond), () -> 0, nanoTime, sleeper);
  }

  /**
   * A budget that many hosts share without talking to each other.
   *
   * @param spacing between two calls of this host; may change
   * @param firstPart part of the spacing before the first call, from 0 to 1: at random, hosts that
   *     start together do not call together
   */
  CallBudget(
      Supplier<Duration> spacing,
      DoubleSupplier firstPart,
      LongSupplier nanoTime,
      Sleeper sleeper) {
    this.spacing = spacing;
    this.firstPart = firstPart;
    this.nanoTime = nanoTime;
    this.sleeper = sleeper;
  }

  /** Returns when the next call may be made. */
  void acquire() throws InterruptedException {
    long wait;
    var spacingNanos = spacing.get().toNanos();
    synchronized (this) {
      var now = nanoTime.getAsLong();
      var first = now + (long) (spacingNanos * firstPart.getAsDouble());
      var turn = used ? Math.max(next - now, 0) + now : first;
      used = true;
      next = turn + spacingNanos;
      wait = turn - now;
    }
    if (wait > 0) {
      sleeper.sleep(Duration.ofNanos(wait));
    }
  }
}
