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
 * @param reason why wanted and installed differ, or empty
 * @param remedy what a person does about it, or empty
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
    String reason,
    String remedy,
    Instant since) {
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
        reason,
        remedy,
        since);
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
