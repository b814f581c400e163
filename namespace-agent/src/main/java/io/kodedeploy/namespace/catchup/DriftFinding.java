package io.kodedeploy.namespace.catchup;

import io.kodedeploy.namespace.manifest.Drift;
import java.time.Instant;
import java.util.List;

/**
 * What a look for drift found.
 *
 * @param at when it looked
 * @param objects those that differ
 */
public record DriftFinding(Instant at, List<Drift> objects) {
  /** Copies the list. */
  public DriftFinding {
    objects = List.copyOf(objects);
  }
}
