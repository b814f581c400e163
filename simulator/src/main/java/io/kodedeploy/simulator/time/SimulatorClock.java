package io.kodedeploy.simulator.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Time as the simulated services see it. Thread-safe; owned and closed by the simulator.
 *
 * <p>Tasks of the real and the scaled clock run one after another on one timer thread, those of the
 * manual clock on the thread that advances it: a task is short, and one that does I/O starts its
 * own thread.
 */
public sealed interface SimulatorClock extends AutoCloseable permits PacedClock, ManualClock {

  /** A clock that runs {@code scale} times as fast as the machine's, starting at the present. */
  static SimulatorClock paced(double scale) {
    return new PacedClock(scale);
  }

  /** A clock that stands still until it is advanced. */
  static ManualClock manual(Instant start) {
    return new ManualClock(start);
  }

  /** The simulated time. */
  Instant now();

  /**
   * Runs a task once, {@code delay} of simulated time from now. A task that throws is logged and
   * stops nothing else.
   */
  Timer schedule(Duration delay, Runnable task);

  /** Runs a task again and again, the first time after one period. */
  default Timer every(Duration period, Runnable task) {
    return RepeatingTimer.start(this, period, task);
  }

  /**
   * Simulated time as real time, for sockets and other waits outside of this clock; at least 1 ms.
   */
  Duration real(Duration simulated);

  /** A new monitor whose waits end at a time of this clock. */
  default Signal signal() {
    return new Signal(this);
  }

  /**
   * Waits, looking again at least every {@code poll} of simulated time, until the probe has an
   * answer or the limit has passed. For conditions that nobody announces; otherwise use a {@link
   * Signal}.
   *
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  default <T> Optional<T> poll(Duration limit, Duration poll, Supplier<Optional<T>> probe)
      throws InterruptedException {
    var signal = signal();
    var ticks = every(poll, signal::changed);
    try {
      return signal.await(limit, probe);
    } finally {
      ticks.cancel();
    }
  }

  @Override
  void close();

  /** A scheduled task. */
  @FunctionalInterface
  interface Timer {
    /** Takes the task back; one that already runs is not disturbed. */
    void cancel();
  }
}
