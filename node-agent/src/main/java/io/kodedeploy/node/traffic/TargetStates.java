package io.kodedeploy.node.traffic;

import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was last seen of the node's targets, for status and metrics. Safe for use by many threads:
 * one lock around the map.
 */
public final class TargetStates {
  /**
   * One look.
   *
   * @param health what ELB said
   * @param seen when
   */
  public record Seen(TargetHealth health, Instant seen) {}

  private static final Comparator<Target> BY_GROUP =
      Comparator.comparing(Target::group).thenComparing(Target::arn).thenComparingInt(Target::port);

  private final Map<Target, Seen> seen = new TreeMap<>(BY_GROUP);

  /** Remembers a look. */
  public synchronized void saw(Target target, TargetHealth health, Instant at) {
    seen.put(target, new Seen(health, at));
  }

  /** Forgets a target the node no longer has anything to do with. */
  public synchronized void forget(Target target) {
    seen.remove(target);
  }

  /** A copy, by target group. */
  public synchronized Map<Target, Seen> snapshot() {
    var copy = new TreeMap<Target, Seen>(BY_GROUP);
    copy.putAll(seen);
    return copy;
  }
}
