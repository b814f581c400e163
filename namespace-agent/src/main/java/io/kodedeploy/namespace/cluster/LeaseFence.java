package io.kodedeploy.namespace.cluster;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.store.DurableNotes;
import java.time.Duration;
import java.util.Map;

/**
 * Notes of the holder of a Lease alone. One that does not know whether it still is the holder waits
 * with its next note, and with it the command: a result that cannot be noted is not reported before
 * the API server has said who the holder is.
 */
public final class LeaseFence implements DurableNotes {
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final DurableNotes notes;
  private final WriterLease lease;
  private final ConfigMapNotes.Sleep sleep;

  /** Notes behind a Lease. */
  public LeaseFence(DurableNotes notes, WriterLease lease, ConfigMapNotes.Sleep sleep) {
    this.notes = notes;
    this.lease = lease;
    this.sleep = sleep;
  }

  @Override
  public Map<String, String> all() throws InterruptedException {
    return notes.all();
  }

  @Override
  public void put(String name, String text) throws InterruptedException {
    awaitHolder();
    notes.put(name, text);
  }

  @Override
  public void remove(String name) throws InterruptedException {
    awaitHolder();
    notes.remove(name);
  }

  private void awaitHolder() throws InterruptedException {
    for (var waited = Duration.ZERO; !lease.holds(); waited = waited.plus(LOOK)) {
      if (waited.compareTo(PATIENCE) >= 0) {
        throw new AgentException(
            ErrorCode.CLUSTER_UNREACHABLE,
            "Lease " + WriterLease.NAME + ": " + lease.problem().orElse("held by another agent"));
      }
      sleep.sleep(LOOK);
    }
  }
}
