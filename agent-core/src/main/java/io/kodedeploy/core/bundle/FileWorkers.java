package io.kodedeploy.core.bundle;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A few threads that write files, because making a file costs more than filling it. Work is queued
 * up to a bound, begins in order and ends in any. Used by one thread; closing it ends its threads.
 */
public final class FileWorkers implements AutoCloseable {
  private static final int MOST_THREADS = 4;
  private static final int MOST_QUEUED = 64;
  private static final int ENOUGH_QUEUED = 32; // whoever waits for room is woken for some of it
  private static final long STACK = 512 << 10;

  /** Something to be done by any thread. */
  public interface Work {
    /**
     * Does it.
     *
     * @throws IOException what {@link #submit} or {@link #drain} then throws, once
     */
    void run() throws IOException;
  }

  private final List<Thread> threads = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock(); // guards all below
  private final Condition worthALook = lock.newCondition();
  private final Condition roomOrEnd = lock.newCondition();
  private final Deque<Work> queue = new ArrayDeque<>();
  private int idle;
  private int running;
  private boolean closed;
  private @Nullable Throwable failure;

  private FileWorkers(int count) {
    for (var n = 1; n <= count; n++) {
      threads.add(
          Thread.ofPlatform()
              .name("files-" + n)
              .daemon()
              .stackSize(STACK)
              .inheritInheritableThreadLocals(false)
              .start(this::work));
    }
  }

  /** As many threads as help on this host; on one processor everything is done by the caller. */
  public static FileWorkers forThisHost() {
    var processors = Runtime.getRuntime().availableProcessors();
    return new FileWorkers(processors == 1 ? 0 : Math.min(MOST_THREADS, processors));
  }

  /** No threads: work is done where it is submitted. */
  static FileWorkers none() {
    return of(0);
  }

  /** That many threads. */
  static FileWorkers of(int threads) {
    return new FileWorkers(threads);
  }

  /** Whether work is done by other threads. */
  boolean parallel() {
    return !threads.isEmpty();
  }

  /**
   * Waits until {@link #submit} will not have to.
   *
   * @throws IOException the first failure of earlier work
   */
  public void awaitRoom() throws IOException, InterruptedException {
    lock.lock();
    try {
      if (queue.size() >= MOST_QUEUED) {
        while (queue.size() > ENOUGH_QUEUED && failure == null) {
          roomOrEnd.await();
        }
      }
      throwFailure();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Hands work over, waiting for room in the queue.
   *
   * @throws IOException the first failure of earlier work; this one is then not begun
   */
  public void submit(Work work) throws IOException, InterruptedException {
    if (threads.isEmpty()) {
      work.run();
      return;
    }
    lock.lock();
    try {
      awaitRoom();
      queue.add(work);
      if (idle > 0) {
        worthALook.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until everything submitted has ended.
   *
   * @throws IOException the first failure
   */
  public void drain() throws IOException, InterruptedException {
    lock.lock();
    try {
      while (running > 0 || !queue.isEmpty()) {
        roomOrEnd.await();
      }
      throwFailure();
    } finally {
      lock.unlock();
    }
  }

  private void throwFailure() throws IOException {
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IOException(failure);
    }
  }

  private void work() {
    try {
      for (var work = next(); work != null; work = next()) {
        Throwable failed = null;
        try {
          work.run();
        } catch (IOException | RuntimeException | Error e) {
          failed = e;
        }
        ended(failed);
      }
    } catch (InterruptedException _) {
      return; // only close() interrupts
    }
  }

  private @Nullable Work next() throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty() && !closed) {
        idle++;
        try {
          worthALook.await();
        } finally {
          idle--;
        }
      }
      var work = queue.poll();
      if (work != null) {
        running++;
      }
      return work;
    } finally {
      lock.unlock();
    }
  }

  private void ended(@Nullable Throwable failed) {
    lock.lock();
    try {
      running--;
      if (failure == null) {
        failure = failed;
      }
      if (queue.size() <= ENOUGH_QUEUED || failure != null) {
        roomOrEnd.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Drops what has not begun, interrupts what has, and waits for its end. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      queue.clear();
      worthALook.signalAll();
    } finally {
      lock.unlock();
    }
    var interrupted = false;
    for (var thread : threads) {
      thread.interrupt();
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
