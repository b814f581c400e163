package io.kodedeploy.node.traffic;

import java.time.Duration;

/** How a wait passes its time; tests let time jump. */
@FunctionalInterface
public interface Pause {
  /** Real time. */
  Pause REAL = Thread::sleep;

  /** Returns when that much time has passed. */
  void sleep(Duration time) throws InterruptedException;
}
