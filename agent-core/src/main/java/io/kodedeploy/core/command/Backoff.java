package io.kodedeploy.core.command;

import java.time.Duration;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * How long to wait after failed polls (host-agent.md section 4.5): the official table, less what
 * the failed poll took, plus up to a quarter at random so that a fleet does not come back as one.
 * For one thread.
 */
final class Backoff {
  private static final List<Integer> SECONDS = List.of(10, 13, 17, 21, 27, 34, 44, 56, 71, 90);

  private final DoubleSupplier random;
  private int failures;

  /**
   * A fresh back-off.
   *
   * @param random from 0 to 1; 0 gives the table itself
   */
  Backoff(DoubleSupplier random) {
    this.random = random;
  }

  /** One more failure in a row; answers the pause before the next attempt. */
  Duration failed(Duration took) {
    int seconds = SECONDS.get(Math.min(failures, SECONDS.size() - 1));
    failures = Math.min(failures + 1, SECONDS.size());
    long spent = took.plusMillis(999).toSeconds();
    long rest = Math.max(0, seconds - spent);
    return Duration.ofSeconds(rest).plusMillis((long) (rest * 250 * random.getAsDouble()));
  }

  /** The row of failures is over. */
  void succeeded() {
    failures = 0;
  }
}
