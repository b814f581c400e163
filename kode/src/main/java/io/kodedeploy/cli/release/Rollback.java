package io.kodedeploy.cli.release;

import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.console.Ticker;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;

/** Puts the weights back to what they were before a release. */
final class Rollback {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TrafficRules rules;
  private final Reporter reporter;
  private final Ticker ticker;
  private final LiveJournal journal;

  Rollback(TrafficRules rules, Reporter reporter, Ticker ticker, LiveJournal journal) {
    this.rules = rules;
    this.reporter = reporter;
    this.ticker = ticker;
    this.journal = journal;
  }

  /**
   * Restores and verifies; tries again for a minute while AWS does not answer.
   *
   * @throws CliException with exit code 3 and what exactly is left when that does not succeed
   */
  void run(TrafficRule rule) throws InterruptedException {
    try {
      attempt(rule);
    } catch (CliException e) {
      if (e.problem() == Problem.ROLLBACK_FAILED) {
        note();
      }
      throw e;
    }
  }

  /** The next run is told to roll back first; that it may not be told changes nothing here. */
  private void note() {
    try {
      journal.ended(Journal.State.NOT_ROLLED_BACK);
    } catch (SdkException | CliException e) {
      reporter.progress("journal: the failed rollback was not written: " + e.getMessage());
    }
  }

  private void attempt(TrafficRule rule) throws InterruptedException {
    var before = journal.now().before();
    var deadline = ticker.now().plus(PATIENCE);
    while (true) {
      try {
        restore(rule, before);
        journal.ended(Journal.State.ROLLED_BACK);
        reporter.progress(
            "rolled-back",
            "rollback: the weights are as they were before the release",
            Map.of("weights", before));
        return;
      } catch (SdkException e) {
        if (!ticker.now().isBefore(deadline)) {
          throw left(rule, before, "AWS does not answer: " + e.getMessage()).because(e);
        }
        reporter.progress("rollback: no success yet, trying again: " + e.getMessage());
        ticker.pause(Duration.ofSeconds(2));
      }
    }
  }

  private void restore(TrafficRule rule, Map<String, Integer> before) {
    var live = rules.weights(rule);
    if (!live.equals(before)) {
      if (!journal.now().explains(live)) {
        throw left(rule, before, "somebody else has set " + live);
      }
      journal.add(Journal.RESTORE, before, live);
      rules.set(rule, before);
      live = rules.weights(rule);
    }
    if (!live.equals(before)) {
      throw left(rule, before, "they are " + live);
    }
  }

  private static CliException left(TrafficRule rule, Map<String, Integer> before, String found) {
    return new CliException(
            Problem.ROLLBACK_FAILED,
            "the weights of "
                + rule.arn()
                + " could not be put back to "
                + before
                + "; "
                + found
                + ".",
            "set them yourself (aws elbv2 "
                + (rule.ruleArn().isPresent()
                    ? "modify-rule --rule-arn " + rule.arn() + " --actions"
                    : "modify-listener --listener-arn " + rule.arn() + " --default-actions")
                + " ...), or run the same release again: it rolls back first.")
        .exitCode(ExitCode.NOT_ROLLED_BACK);
  }
}
