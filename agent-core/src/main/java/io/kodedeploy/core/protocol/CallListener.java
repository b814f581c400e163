package io.kodedeploy.core.protocol;

import java.time.Duration;

/** Hears of every call, for metrics. */
@FunctionalInterface
public interface CallListener {
  /** Hears nothing. */
  CallListener NOOP = (_, _, _, _) -> {};

  /**
   * A call ended.
   *
   * @param code {@code ok}, the error type, or {@code unreachable}
   */
  void called(String service, String operation, String code, Duration elapsed);
}
