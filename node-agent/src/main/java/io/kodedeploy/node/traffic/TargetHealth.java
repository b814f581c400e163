package io.kodedeploy.node.traffic;

import java.util.Locale;

/**
 * One look at a target (codedeploy-service.md section 8.1).
 *
 * @param state where the target stands
 * @param reason reason code of ELB, or empty
 * @param description words of ELB, or empty
 */
public record TargetHealth(State state, String reason, String description) {
  /** States of a target. */
  public enum State {
    INITIAL,
    HEALTHY,
    UNHEALTHY,
    UNHEALTHY_DRAINING,
    UNUSED,
    DRAINING,
    UNAVAILABLE,
    /** A state this version does not know: neither healthy nor drained. */
    UNKNOWN;

    /** The state of an API text such as {@code unhealthy.draining}. */
    public static State of(String text) {
      for (var state : values()) {
        if (state != UNKNOWN && state.text().equals(text)) {
          return state;
        }
      }
      return UNKNOWN;
    }

    /** As the API writes it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '.');
    }
  }

  @Override
  public String toString() {
    var words = new StringBuilder(state.text());
    if (!reason.isEmpty()) {
      words.append(" (").append(reason);
      if (!description.isEmpty()) {
        words.append(": ").append(description);
      }
      words.append(')');
    }
    return words.toString();
  }
}
