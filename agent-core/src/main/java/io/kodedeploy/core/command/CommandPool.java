package io.kodedeploy.core.command;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Sixteen commands at most, each on a virtual thread of its own. Knows which are in flight, so that
 * one that is delivered twice runs once.
 */
final class CommandPool {
  private static final int SLOTS = 16;

  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("command-", 1).factory());
  private final Semaphore slots = new Semaphore(SLOTS);
  private final Set<String> inFlight = ConcurrentHashMap.newKeySet();
  private final Runnable ended;

  /**
   * A pool.
   *
   * @param ended called whenever a slot has become free
   */
  CommandPool(Runnable ended) {
    this.ended = ended;
  }

  /**
   * Waits for a free slot; false when there was none in that time. Only the thread that starts
   * commands waits.
   */
  boolean awaitSlot(Duration limit) throws InterruptedException {
    if (!slots.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      return false;
    }
    slots.release(); // still free when start comes, because one thread polls and starts
    return true;
  }

  /** Starts a command, unless the same one is in flight: false then. */
  boolean start(String hostCommandIdentifier, Runnable command) throws InterruptedException {
    if (!inFlight.add(hostCommandIdentifier)) {
      return false;
    }
    slots.acquire();
    threads.execute(
        () -> {
          try {
            command.run();
          } finally {
            inFlight.remove(hostCommandIdentifier);
            slots.release();
            ended.run();
          }
        });
    return true;
  }

  /** Interrupts what runs. */
  void interrupt() {
    threads.shutdownNow();
  }

  /** Waits for running commands; they are not ended when the limit passes. */
  boolean drain(Duration limit) throws InterruptedException {
    threads.shutdown();
    return threads.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
  }
}
