package io.kodedeploy.namespace;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Waits for a condition, with a deadline. */
public final class Await {
  private Await() {}

  /** A condition that may not be answerable yet. */
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws Exception;
  }

  /** Returns when it holds; fails with what there is instead after the limit. */
  public static void until(Duration limit, Supplier<String> instead, Condition condition)
      throws InterruptedException {
    var never = new CountDownLatch(1);
    var deadline = System.nanoTime() + limit.toNanos();
    Exception last = null;
    while (true) {
      try {
        if (condition.holds()) {
          return;
        }
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        last = e;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("after " + limit + ": " + instead.get(), last);
      }
      never.await(50, TimeUnit.MILLISECONDS);
    }
  }
}
