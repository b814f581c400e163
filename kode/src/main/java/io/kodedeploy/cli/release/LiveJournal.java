package io.kodedeploy.cli.release;

import io.kodedeploy.cli.console.Ticker;
import java.util.Map;

/** The journal of the release that is running: every change of it is in the bucket first. */
final class LiveJournal {
  private final JournalStore store;
  private final Ticker ticker;
  private Journal journal;

  LiveJournal(JournalStore store, Ticker ticker, Journal journal) {
    this.store = store;
    this.ticker = ticker;
    this.journal = journal;
    save(journal);
  }

  synchronized Journal now() {
    return journal;
  }

  synchronized void add(String change, Map<String, Integer> weights, Map<String, Integer> inverse) {
    save(journal.with(new Journal.Entry(ticker.now().toString(), change, weights, inverse)));
  }

  synchronized void deployedBy(String deploymentId) {
    save(journal.deployedBy(deploymentId));
  }

  synchronized void ended(Journal.State state) {
    save(journal.with(state));
  }

  /** Says that the holder is alive. */
  synchronized void beat() {
    save(journal);
  }

  private synchronized void save(Journal next) {
    var dated = next.seenAt(ticker.now().toString());
    store.write(dated);
    journal = dated;
  }
}
