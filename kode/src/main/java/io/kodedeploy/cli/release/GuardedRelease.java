package io.kodedeploy.cli.release;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.aws.AwsFailures;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.console.Ticker;
import java.time.Duration;
import software.amazon.awssdk.core.exception.SdkException;

/** A release that says it is alive and rolls back whatever goes wrong in it. */
final class GuardedRelease {
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  private final Aws aws;
  private final Reporter reporter;
  private final Ticker ticker;
  private final TrafficRules rules;

  GuardedRelease(Aws aws, Reporter reporter, Ticker ticker, TrafficRules rules) {
    this.aws = aws;
    this.reporter = reporter;
    this.ticker = ticker;
    this.rules = rules;
  }

  /**
   * Runs to the end, or back to the beginning.
   *
   * @throws CliException with the failure and the exit code that says what is left
   */
  void run(Topology topology, Shift shift, LiveJournal journal, String bucket)
      throws InterruptedException {
    try (var _ = Heartbeat.start(journal, HEARTBEAT, reporter)) {
      new Release(aws, reporter, ticker, rules, topology, shift, journal).run(bucket);
      journal.ended(Journal.State.DONE);
    } catch (InterruptedException | SdkException | CliException e) {
      var failure =
          switch (e) {
            case CliException told -> told;
            case SdkException sdk -> AwsFailures.describe(sdk);
            default ->
                new CliException(Problem.INTERRUPTED, "interrupted.", "run it again.").because(e);
          };
      if (failure.exitCode() == ExitCode.STILL_RUNNING) {
        throw failure; // nothing has shifted yet; the next run goes on
      }
      boolean wasInterrupted = Thread.interrupted() || e instanceof InterruptedException;
      reporter.progress("failed: " + failure.getMessage());
      new Rollback(rules, reporter, ticker, journal).run(topology.rule());
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
      throw failure;
    }
  }
}
