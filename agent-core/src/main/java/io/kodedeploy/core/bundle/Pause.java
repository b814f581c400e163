package io.kodedeploy.core.bundle;

import java.time.Duration;

/** Waits between two attempts; tests only note it. */
interface Pause {
  void of(Duration time) throws InterruptedException;
}
