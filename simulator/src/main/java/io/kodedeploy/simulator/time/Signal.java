package io.kodedeploy.simulator.time;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Wakes threads that wait for a state of the simulation. Thread-safe. */
public final class Signal {
  private final SimulatorClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition condition = lock.newCondition();
  private long changes;

  Signal(SimulatorClock clock) {
    this.clock = clock;
  }

  /** Makes every waiting thread look at its condition again. */
  public void changed() {
    lock.lock();
    try {
      changes++;
      condition.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the probe has an answer or the limit has passed on the simulator's clock. The probe
   * runs without any lock of this object.
   *
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public <T> Optional<T> await(Duration limit, Supplier<Optional<T>> probe)
      throws InterruptedException {
    var end = clock.now().plus(limit);
    var alarm = clock.schedule(limit, this::changed);
    try {
      while (true) {
        var seen = changes();
        var answer = probe.get();
        if (answer.isPresent() || !clock.now().isBefore(end)) {
          return answer;
        }
        awaitChangeAfter(seen);
      }
    } finally {
      alarm.cancel();
    }
  }

  private long changes() {
    lock.lock();
    try {
      return changes;
    } finally {
      lock.unlock();
    }
  }

  private void awaitChangeAfter(long seen) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (changes == seen) {
        condition.await();
      }
    } finally {
      lock.unlock();
    }
  }
}
