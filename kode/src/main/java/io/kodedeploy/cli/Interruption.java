package io.kodedeploy.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Makes a signal an interruption of the working thread, so that a command cleans up by itself, and
 * ends the process with that command's exit code.
 */
final class Interruption {
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile int code = 1;

  private Interruption() {}

  static Interruption of(Thread worker, Duration grace) {
    var interruption = new Interruption();
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("interruption")
                .unstarted(() -> interruption.end(worker, grace)));
    return interruption;
  }

  void finished(int exitCode) {
    code = exitCode;
    done.countDown();
  }

  private void end(Thread worker, Duration grace) {
    if (done.getCount() == 0) {
      return; // the command has ended by itself
    }
    worker.interrupt();
    try {
      if (!done.await(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println("kode: the command did not end within " + grace.toSeconds() + " s.");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(code);
  }
}
