package io.kodedeploy.core.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends a host of a test as kill -9 does: whoever comes to the chosen point, or to any point after
 * it, never goes on. No {@code finally} runs, nothing is cleaned up.
 */
final class KillSwitch {
  private final int at;
  private final CountDownLatch dead = new CountDownLatch(1);
  private int passed;

  /**
   * A switch.
   *
   * @param at the point that is not survived, 1 the first; 0 for none
   */
  KillSwitch(int at) {
    this.at = at;
  }

  /** Something the world can see has just happened, or is about to. */
  void point() {
    synchronized (this) {
      passed++;
      if (passed == at) {
        dead.countDown();
      }
    }
    while (dead.getCount() == 0) {
      LockSupport.park(this);
    }
  }

  synchronized int passed() {
    return passed;
  }

  boolean isDead() {
    return dead.getCount() == 0;
  }

  boolean awaitDeath(long millis) throws InterruptedException {
    return dead.await(millis, TimeUnit.MILLISECONDS);
  }
}
