package io.kodedeploy.namespace.cluster;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When a call is sent again: at the time that the API server names (429, or 503 with Retry-After;
 * nothing of such a call was done), and soon a few times after a failure that often is over at
 * once. What is not over within a minute is its caller's to decide.
 */
final class PutOff {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Duration UNNAMED = Duration.ofSeconds(1);
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final int SOON = 3;

  private Duration waited = Duration.ZERO;
  private int failures;

  /** How long to wait before the next attempt after this answer; nothing when it stands. */
  Optional<Duration> after(int code, @Nullable String retryAfter) {
    if (code == 429 || (code == 503 && retryAfter != null)) {
      var named = named(retryAfter);
      var wait = named.compareTo(LIMIT) < 0 ? named : LIMIT;
      if (waited.compareTo(LIMIT) >= 0) {
        return Optional.empty();
      }
      waited = waited.plus(wait);
      return Optional.of(wait);
    }
    return code >= 500 ? afterFailure() : Optional.empty();
  }

  /** The same after no answer. */
  Optional<Duration> afterFailure() {
    return failures >= SOON ? Optional.empty() : Optional.of(FIRST.multipliedBy(1L << failures++));
  }

  /** Whole seconds; a date, which API servers do not send, counts as unnamed. */
  private static Duration named(@Nullable String retryAfter) {
    return retryAfter != null && retryAfter.strip().matches("[1-9][0-9]{0,8}")
        ? Duration.ofSeconds(Long.parseLong(retryAfter.strip()))
        : UNNAMED;
  }
}
