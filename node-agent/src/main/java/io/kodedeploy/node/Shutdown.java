package io.kodedeploy.node;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM and SIGINT: the agent stops, running commands end, the process exits with 0. The hook
 * waits on a latch; joining the main thread would hang, because that may itself be inside {@code
 * System.exit}.
 */
final class Shutdown {
  private static final Duration AFTER_COMMANDS = Duration.ofSeconds(15);

  private final CountDownLatch finished = new CountDownLatch(1);
  private boolean stopping;
  private Runnable stop = () -> {};
  private volatile int code;

  private Shutdown() {}

  /**
   * From now on a signal stops what {@link #onStop} names.
   *
   * @param stopWait how long running commands may take
   */
  static Shutdown install(Duration stopWait) {
    var shutdown = new Shutdown();
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("shutdown")
                .unstarted(() -> shutdown.run(stopWait.plus(AFTER_COMMANDS))));
    return shutdown;
  }

  /** What stops the agent; called at once when a signal came before. */
  synchronized void onStop(Runnable action) {
    stop = action;
    if (stopping) {
      action.run();
    }
  }

  /** Everything is closed; the process may end with that code. */
  void finished(int exitCode) {
    code = exitCode;
    finished.countDown();
  }

  private void run(Duration limit) {
    synchronized (this) {
      stopping = true;
      stop.run();
    }
    try {
      finished.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Without this the exit code of a signal would be 143 whatever the agent did.
    Runtime.getRuntime().halt(code);
  }
}
