package io.kodedeploy.simulator.time;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machine's clock, run faster or slower by a fixed factor from the moment of creation. */
final class PacedClock implements SimulatorClock {
  private static final Logger log = LoggerFactory.getLogger(PacedClock.class);

  private final double scale;
  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();
  private final ScheduledThreadPoolExecutor timer;

  PacedClock(double scale) {
    if (!(scale > 0) || scale > 10_000) {
      throw new IllegalArgumentException("time scale must be between 0 and 10000, not " + scale);
    }
    this.scale = scale;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("simulator-clock").factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public Instant now() {
    return start.plusNanos((long) ((System.nanoTime() - startNanos) * scale));
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    // One nanosecond is added so that rounding never fires a timer before its simulated time.
    var nanos = (long) (delay.toNanos() / scale) + 1;
    var future = timer.schedule(() -> run(task), nanos, NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public Duration real(Duration simulated) {
    return Duration.ofMillis(Math.max(1, (long) (simulated.toMillis() / scale)));
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("a timer's task broke");
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
