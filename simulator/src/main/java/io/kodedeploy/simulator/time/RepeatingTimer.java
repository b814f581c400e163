package io.kodedeploy.simulator.time;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Schedules a task anew after each run. */
final class RepeatingTimer implements SimulatorClock.Timer {
  private final SimulatorClock clock;
  private final Duration period;
  private final Runnable task;
  private SimulatorClock.@Nullable Timer next;
  private boolean cancelled;

  private RepeatingTimer(SimulatorClock clock, Duration period, Runnable task) {
    if (period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException("a period must be positive, not " + period);
    }
    this.clock = clock;
    this.period = period;
    this.task = task;
  }

  static SimulatorClock.Timer start(SimulatorClock clock, Duration period, Runnable task) {
    var timer = new RepeatingTimer(clock, period, task);
    timer.arm();
    return timer;
  }

  private synchronized void arm() {
    if (!cancelled) {
      next = clock.schedule(period, this::run);
    }
  }

  private void run() {
    try {
      task.run();
    } finally {
      arm();
    }
  }

  @Override
  public synchronized void cancel() {
    cancelled = true;
    if (next != null) {
      next.cancel();
    }
  }
}
