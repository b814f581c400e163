package io.kodedeploy.core.command;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Remembers the polls for the status. */
final class PollMemory implements HostListener {
  record Last(Instant when, Optional<String> problem) {}

  private final Clock clock;
  private volatile Optional<Last> last = Optional.empty();
  private volatile Optional<Instant> lastGood = Optional.empty();

  PollMemory(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void polled(PollResult result) {
    var now = clock.instant();
    if (result instanceof PollResult.Failed(_, var reason)) {
      last = Optional.of(new Last(now, Optional.of(reason)));
    } else {
      lastGood = Optional.of(now);
      last = Optional.of(new Last(now, Optional.empty()));
    }
  }

  Optional<Last> last() {
    return last;
  }

  Optional<Instant> lastGood() {
    return lastGood;
  }
}
