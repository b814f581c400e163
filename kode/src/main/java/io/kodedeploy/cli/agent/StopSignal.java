package io.kodedeploy.cli.agent;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM and SIGINT: the agent polls no more, running commands end, the process exits with 0. A
 * second signal shortens nothing. SIGQUIT belongs to the virtual machine: it prints the stacks of
 * all threads and ends nothing.
 */
final class StopSignal {
  private static final Duration AFTER_COMMANDS = Duration.ofSeconds(15);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);
  private Runnable action = () -> {};
  private volatile int code;

  private StopSignal() {}

  /**
   * From now on a signal stops the agent.
   *
   * @param stopWait how long running commands may take
   */
  static StopSignal install(Duration stopWait) {
    var signal = new StopSignal();
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> signal.end(stopWait.plus(AFTER_COMMANDS))));
    return signal;
  }

  /** What stops the agent; called at once when a signal came before. */
  synchronized void onStop(Runnable stop) {
    action = stop;
    if (asked.getCount() == 0) {
      stop.run();
    }
  }

  /** Whether a signal came within that time. */
  boolean await(Duration limit) throws InterruptedException {
    return asked.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Everything is closed; the process may end with that code. */
  void finished(int exitCode) {
    code = exitCode;
    finished.countDown();
  }

  private void end(Duration limit) {
    synchronized (this) {
      asked.countDown();
      action.run();
    }
    try {
      finished.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Without this the exit code would be 143, and scripts still running would be waited for.
    Runtime.getRuntime().halt(code);
  }
}
