package io.kodedeploy.core.observe;

import java.util.Map;

/**
 * The answer of a probe.
 *
 * @param up whether all is well
 * @param reasons what is not, by the name of what was looked at
 */
public record Verdict(boolean up, Map<String, String> reasons) {
  /** Copies the reasons. */
  public Verdict {
    reasons = Map.copyOf(reasons);
  }

  static Verdict of(Map<String, String> reasons) {
    return new Verdict(reasons.isEmpty(), reasons);
  }
}
