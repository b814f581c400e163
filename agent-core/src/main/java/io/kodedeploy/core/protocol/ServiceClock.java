package io.kodedeploy.core.protocol;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time with which requests are signed: this host's, corrected by what the service says when it
 * refuses a signature for its date. The service accepts five minutes of difference (AWS General
 * Reference, "Signature Version 4 troubleshooting"). Safe for many threads.
 */
final class ServiceClock {
  private static final Logger log = LoggerFactory.getLogger(ServiceClock.class);
  private static final Duration TOLERATED = Duration.ofMinutes(4);

  private final InstantSource clock;
  private volatile Duration correction = Duration.ZERO;

  ServiceClock(InstantSource clock) {
    this.clock = clock;
  }

  Instant now() {
    return clock.instant().plus(correction);
  }

  /**
   * Takes the service's time over when ours differs by more than is tolerated.
   *
   * @param said the date of its answer
   * @return whether the time is another one now, so that the same call may succeed
   */
  synchronized boolean correct(Optional<Instant> said) {
    if (said.isEmpty() || Duration.between(now(), said.get()).abs().compareTo(TOLERATED) < 0) {
      return false;
    }
    correction = Duration.between(clock.instant(), said.get());
    log.atWarn()
        .addKeyValue("differenceSeconds", correction.toSeconds())
        .log("the clock of this host is wrong: calls are signed with the time of the service");
    return true;
  }
}
