package io.kodedeploy.cli.release;

import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.console.Spans;
import io.kodedeploy.cli.console.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A release that never ended: found by its journal, left alone while its holder lives. */
final class Unfinished {
  private static final Duration SILENCE = Duration.ofSeconds(45);

  private final JournalStore store;
  private final Reporter reporter;
  private final Ticker ticker;

  Unfinished(JournalStore store, Reporter reporter, Ticker ticker) {
    this.store = store;
    this.reporter = reporter;
    this.ticker = ticker;
  }

  /** The journal of a release that never ended, if there is one and its holder is gone. */
  Optional<Journal> find(String application) {
    var found =
        store
            .read()
            .filter(
                journal ->
                    journal.state() == Journal.State.RUNNING
                        || journal.state() == Journal.State.NOT_ROLLED_BACK);
    if (found.isEmpty()) {
      return found;
    }
    var journal = found.get();
    var silent = Duration.between(Instant.parse(journal.heartbeat()), ticker.now());
    boolean alive =
        journal.state() == Journal.State.RUNNING
            && !journal.holder().isGone()
            && silent.compareTo(SILENCE) < 0;
    if (alive) {
      throw new CliException(
          Problem.RELEASE_RUNNING,
          "a release of "
              + application
              + " to "
              + journal.cluster()
              + " is running on "
              + journal.holder().machine()
              + " (process "
              + journal.holder().pid()
              + ", last seen "
              + Spans.text(silent)
              + " ago).",
          "wait for its end; if it was killed, run this again when it has been silent for "
              + Spans.text(SILENCE)
              + ".");
    }
    reporter.progress(
        "unfinished",
        "journal: a release to " + journal.cluster() + " never ended (" + store.location() + ")",
        Map.of("cluster", journal.cluster(), "journal", store.location()));
    return found;
  }

  /** Puts back what it left. */
  void undo(Journal other, TrafficRules rules) throws InterruptedException {
    reporter.progress("rollback: undoing the unfinished release to " + other.cluster());
    var live = new LiveJournal(store, ticker, other.heldBy(Holder.self()));
    new Rollback(rules, reporter, ticker, live)
        .run(new TrafficRule(other.listenerArn(), other.ruleArn(), Optional.empty()));
  }
}
