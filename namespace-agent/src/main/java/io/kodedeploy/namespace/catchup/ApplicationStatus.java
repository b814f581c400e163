package io.kodedeploy.namespace.catchup;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * An application as operators see it.
 *
 * @param wanted revision that its groups want here, empty when not known
 * @param installed revision that is here, empty when there is none
 * @param digest SHA-256 of the installed bundle, or empty
 * @param why why wanted and installed differ, and what happens next
 * @param since when it came into this state
 */
public record ApplicationStatus(
    String application,
    State state,
    String wanted,
    String wantedDeployment,
    boolean pinned,
    String installed,
    String installedDeployment,
    String digest,
    Why why,
    Instant since) {
  /**
   * What an operator is told about a state.
   *
   * @param code id of the error, or empty
   * @param reason empty when all is well
   * @param remedy what a person does about it, or empty
   * @param next when catch-up does something again
   */
  public record Why(String code, String reason, String remedy, NextAttempt next) {
    /** Nothing to say. */
    public static final Why WELL = new Why("", "", "", NextAttempt.NONE);
  }

  /** This status with what is installed now. */
  ApplicationStatus with(Optional<Installation.Installed> here) {
    return new ApplicationStatus(
        application,
        state,
        wanted.isEmpty() && state == State.CURRENT
            ? here.map(Installation.Installed::revision).orElse("")
            : wanted,
        wantedDeployment,
        pinned,
        here.map(Installation.Installed::revision).orElse(""),
        here.map(Installation.Installed::deploymentId).orElse(""),
        here.map(Installation.Installed::digest).orElse(""),
        why,
        since);
  }

  /** Why wanted and installed differ; empty when all is well. */
  public String reason() {
    return why.reason();
  }

  /** What a person does about it, or empty. */
  public String remedy() {
    return why.remedy();
  }

  /** Whether it is as it should be, as far as anybody wants it. */
  public boolean settled() {
    return state == State.CURRENT || unclaimed();
  }

  /** Whether it is here but no group brings it here any more. */
  public boolean unclaimed() {
    return state == State.UNKNOWN && why.next() == NextAttempt.NONE;
  }

  /** The states of {@code kodedeploy_applications}. */
  public enum State {
    CURRENT,
    BEHIND,
    FAILED,
    PAUSED,
    WAITING,
    GONE,
    UNKNOWN;

    /** The word for metrics, status and records. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
