package io.kodedeploy.namespace.apply;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What deployments wait for in an apply, for {@code /status}. Safe for many threads. */
public final class CurrentWaits {
  private final InstantSource clock;
  private final Map<String, Wait> waits = new ConcurrentHashMap<>();

  /**
   * What a deployment waits for.
   *
   * @param reason the objects with their states, or why the API server cannot be asked
   * @param since when this wait began
   */
  public record Wait(String reason, Instant since) {}

  CurrentWaits(InstantSource clock) {
    this.clock = clock;
  }

  /** What a deployment waits for now, if it does. */
  public Optional<Wait> of(String deploymentId) {
    return Optional.ofNullable(waits.get(deploymentId));
  }

  /** It waits, perhaps still, perhaps for something else by now. */
  void begin(String deploymentId, String reason) {
    var now = clock.instant();
    waits.merge(
        deploymentId, new Wait(reason, now), (before, _) -> new Wait(reason, before.since()));
  }

  void end(String deploymentId) {
    waits.remove(deploymentId);
  }
}
