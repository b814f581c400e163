package io.kodedeploy.namespace.catchup;

import java.time.Duration;

/**
 * What is done about objects that others changed.
 *
 * @param mode {@code drift}
 * @param interval {@code drift.interval}: time between two comparisons, with jitter
 */
public record DriftSettings(Mode mode, Duration interval) {
  /** The values of {@code drift}. */
  public enum Mode {
    /** Say it in {@code /status}, a metric and an Event. */
    REPORT,
    /** Say it, and carry out the installed revision again. */
    REPAIR,
    OFF
  }
}
