package io.kodedeploy.namespace.cluster;

import java.time.Duration;
import java.time.Instant;

/**
 * A Lease as it was read, and since when it has looked like that. Its times are never compared with
 * this machine's clock, because the writer's clock may differ: only an unchanged Lease gets old.
 *
 * @param version resourceVersion, which the next write must find
 * @param holder identity of the holder, empty when it was released
 * @param duration what the holder promised
 * @param transitions how often it changed hands
 * @param acquired when the holder took it, as it wrote
 * @param seen when this version was first seen here
 */
record LeaseView(
    String version,
    String holder,
    Duration duration,
    int transitions,
    String acquired,
    Instant seen) {
  /** Whether this identity may take or renew it now. */
  boolean freeFor(String identity, Instant now) {
    return holder.isEmpty()
        || holder.equals(identity)
        || Duration.between(seen, now).compareTo(duration) > 0;
  }

  /** The newer reading; an unchanged Lease keeps its age. */
  LeaseView after(LeaseView before) {
    return before.version.equals(version)
        ? new LeaseView(version, holder, duration, transitions, acquired, before.seen)
        : this;
  }
}
