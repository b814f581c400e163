package io.kodedeploy.node.process;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Waits for a condition that only another process can bring. */
final class Await {
  private static final Duration PACE = Duration.ofMillis(100);

  private Await() {}

  /** Repeats an assertion until it holds; its last failure after the limit. */
  static void until(Duration limit, ThrowingCallable assertion) throws InterruptedException {
    Instant end = Instant.now().plus(limit);
    var never = new CountDownLatch(1);
    while (true) {
      try {
        assertion.call();
        return;
      } catch (AssertionError e) {
        if (Instant.now().isAfter(end)) {
          throw e;
        }
      } catch (InterruptedException e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError("the condition itself broke", e);
      }
      never.await(PACE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
