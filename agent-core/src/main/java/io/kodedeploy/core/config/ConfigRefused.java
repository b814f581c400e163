package io.kodedeploy.core.config;

import java.util.List;

/**
 * Settings with which the agent does not start: every violation at once. Main prints them and ends
 * with exit code 2.
 */
public final class ConfigRefused extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final List<String> violations;

  /** Refuses with these violations, in the order in which they were found. */
  public ConfigRefused(List<String> violations) {
    super(String.join("; ", violations));
    this.violations = List.copyOf(violations);
  }

  /** One line per violation, each naming the setting as the operator writes it. */
  public List<String> violations() {
    return violations;
  }
}
