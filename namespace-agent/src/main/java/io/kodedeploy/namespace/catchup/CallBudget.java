package io.kodedeploy.namespace.catchup;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * At most a number of calls a second, evenly spread, in the order in which they are asked for: who
 * shares it has as many turns as everyone else, since nobody asks before his last turn has come.
 * Safe for many threads.
 */
public final class CallBudget {
  /**
   * Of a process with many hosts: what a cluster of agents with one host each would use at once is
   * refused as too much, and two a second would keep the hundredth host waiting for minutes.
   */
  private static final int OF_MANY_HOSTS = 8;

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

  /** The one budget of a process that carries many hosts. */
  public static CallBudget ofManyHosts() {
    return new CallBudget(OF_MANY_HOSTS, System::nanoTime, Thread::sleep);
  }

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
