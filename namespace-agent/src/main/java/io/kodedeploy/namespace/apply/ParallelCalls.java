package io.kodedeploy.namespace.apply;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Calls to the API server for many objects, a few at a time. */
final class ParallelCalls {
  /**
   * Enough to keep a server of two cores busy, and to let several answers share one TLS record,
   * which halves their cost; far below what the server's fair queues give one account.
   */
  private static final int AT_ONCE = 32;

  private ParallelCalls() {}

  /** What is done for one object. */
  @FunctionalInterface
  interface Call<T, R> {
    R of(T subject) throws InterruptedException;
  }

  /**
   * Does it for every one and returns the results in the same order. After the first failure
   * nothing more is begun; what is under way ends, then that failure is thrown.
   *
   * @throws InterruptedException when interrupted; what was under way is broken off
   */
  static <T, R> List<R> map(List<T> subjects, Call<T, R> call) throws InterruptedException {
    var results = new AtomicReferenceArray<R>(subjects.size());
    var next = new AtomicInteger();
    var failure = new AtomicReference<RuntimeException>();
    Runnable work =
        () -> {
          for (var i = next.getAndIncrement();
              i < subjects.size() && failure.get() == null;
              i = next.getAndIncrement()) {
            try {
              results.set(i, call.of(subjects.get(i)));
            } catch (RuntimeException e) {
              failure.compareAndSet(null, e);
            } catch (InterruptedException _) {
              return; // the caller is interrupted too
            }
          }
        };
    var threads = new ArrayList<Thread>();
    try {
      for (var i = 0; i < Math.min(AT_ONCE, subjects.size()); i++) {
        threads.add(Thread.ofVirtual().name("apply-", i).start(work));
      }
      for (var thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      next.set(subjects.size());
      threads.forEach(Thread::interrupt);
      throw e;
    }
    if (failure.get() != null) {
      throw failure.get();
    }
    var list = new ArrayList<R>();
    for (var i = 0; i < subjects.size(); i++) {
      list.add(results.get(i));
    }
    return list;
  }
}
