package io.kodedeploy.cli.release;

import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Reporter;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.core.exception.SdkException;

/** Says in the journal, again and again, that its holder is alive. */
final class Heartbeat implements AutoCloseable {
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("release-heartbeat").factory());

  private Heartbeat() {}

  static Heartbeat start(LiveJournal journal, Duration interval, Reporter reporter) {
    var heartbeat = new Heartbeat();
    var _ =
        heartbeat.timer.scheduleAtFixedRate(
            () -> {
              try {
                journal.beat();
              } catch (SdkException | CliException e) {
                // The release's own next write says the same and ends it; this is only a sign.
                reporter.progress("journal: the heartbeat was not written: " + e.getMessage());
              }
            },
            interval.toMillis(),
            interval.toMillis(),
            TimeUnit.MILLISECONDS);
    return heartbeat;
  }

  @Override
  public void close() {
    timer.close();
  }
}
