package io.kodedeploy.cli.demo;

import io.kodedeploy.cli.console.Ticker;
import java.time.Duration;
import java.time.Instant;

/** Waits for conditions. */
final class Await {
  /** For what takes seconds on an idle machine; a busy one may take its time. */
  static final Duration PATIENCE = Duration.ofMinutes(4);

  private static final Duration INTERVAL = Duration.ofMillis(100);

  private Await() {}

  /** Something that becomes true, or throws when it never will. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws InterruptedException;
  }

  /** Returns as soon as the condition holds; fails the demo when the time is over. */
  static Duration until(String what, Duration limit, Condition condition)
      throws InterruptedException {
    var began = Instant.now();
    while (!condition.holds()) {
      if (Duration.between(began, Instant.now()).compareTo(limit) > 0) {
        throw new DemoFailed(what + " did not happen within " + limit.toSeconds() + " s");
      }
      Ticker.SYSTEM.pause(INTERVAL);
    }
    return Duration.between(began, Instant.now());
  }
}
