package io.kodedeploy.simulator.ec2;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An instance's credentials, renewed when half of their time is over; the old ones stay good until
 * their own end. Thread-safe.
 */
public final class RotatingCredentials implements Supplier<InstanceCredentials> {
  private final SimulatorClock clock;
  private final Supplier<InstanceCredentials> source;
  private @Nullable InstanceCredentials current;

  /** Asks {@code source} for new ones when they are needed. */
  public RotatingCredentials(SimulatorClock clock, Supplier<InstanceCredentials> source) {
    this.clock = clock;
    this.source = source;
  }

  @Override
  public synchronized InstanceCredentials get() {
    var held = current;
    if (held == null || isHalfOver(held)) {
      held = source.get();
      current = held;
    }
    return held;
  }

  private boolean isHalfOver(InstanceCredentials held) {
    var lifetime = Duration.between(held.issued(), held.expiration());
    return !clock.now().isBefore(held.issued().plus(lifetime.dividedBy(2)));
  }
}
