package io.kodedeploy.namespace.apply;

import java.time.Duration;

/** Waiting between two looks, so that tests need not. */
@FunctionalInterface
public interface Pause {
  /** The real one. */
  Pause REAL = Thread::sleep;

  /** Waits that long. */
  void of(Duration duration) throws InterruptedException;
}
