package io.kodedeploy.namespace;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What SIGTERM and SIGINT do: the agent takes no new command, the running one finishes, the process
 * ends with the agent's own exit code and not with 143.
 */
final class Shutdown {
  /** Closing clients, records and Events after the commands have ended. */
  private static final Duration CLOSING = Duration.ofSeconds(25);

  private final CountDownLatch closed = new CountDownLatch(1);
  private Runnable stop = () -> {};
  private boolean signalled;
  private volatile int exitCode;

  /**
   * Listens for signals from now on.
   *
   * @param commands how long running commands may take
   */
  Shutdown(Duration commands) {
    var limit = commands.plus(CLOSING);
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> signal(limit)));
  }

  /** Names what a signal stops; at once when the signal came first. */
  synchronized void stops(Runnable agent) {
    stop = agent;
    if (signalled) {
      agent.run();
    }
  }

  /** Everything is closed. */
  void closed(int code) {
    exitCode = code;
    closed.countDown();
  }

  private void signal(Duration limit) {
    synchronized (this) {
      signalled = true;
      stop.run();
    }
    try {
      if (!closed.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println("namespace-agent: a command has not ended in time, leaving it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(exitCode);
  }
}
