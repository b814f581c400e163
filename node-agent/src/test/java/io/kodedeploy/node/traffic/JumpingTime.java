package io.kodedeploy.node.traffic;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A clock that a pause moves on at once. */
public final class JumpingTime implements InstantSource, Pause {
  private Instant now = Instant.parse("2026-01-05T10:00:00Z");

  /** Every pause there was. */
  public final List<Duration> pauses = new ArrayList<>();

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public synchronized void sleep(Duration time) {
    pauses.add(time);
    now = now.plus(time);
  }
}
