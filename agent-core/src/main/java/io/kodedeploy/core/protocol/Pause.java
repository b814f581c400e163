package io.kodedeploy.core.protocol;

import java.time.Duration;

/** Waits; replaced in tests. */
@FunctionalInterface
interface Pause {
  void forDuration(Duration duration) throws InterruptedException;
}
