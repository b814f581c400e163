package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.time.SimulatorClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Health checks and the ends of drains, on the simulator's clock. */
final class HealthSchedule implements TargetGroupTimers {
  /** A scaled clock never makes a check stricter than this: real sockets take real time. */
  private static final Duration SHORTEST_LIMIT = Duration.ofSeconds(1);

  private static final int MOST_WAITING = 10;

  private final SimulatorClock clock;

  HealthSchedule(SimulatorClock clock) {
    this.clock = clock;
  }

  @Override
  public void check(TargetGroup group, Target target, Duration in) {
    next(new Checks(group, target, new AtomicInteger()), in);
  }

  @Override
  public void drained(TargetGroup group, Target target, Duration in) {
    clock.schedule(in, () -> group.endDraining(target));
  }

  private void next(Checks checks, Duration in) {
    clock.schedule(
        in,
        () -> {
          if (checks.group().isChecked(checks.target())) {
            next(checks, checks.group().settings().healthCheck().interval());
            if (checks.waiting().get() < MOST_WAITING && checks.waiting().getAndIncrement() == 0) {
              Thread.ofVirtual().name("health-check").start(() -> run(checks));
            }
          }
        });
  }

  /** Checks that fall due while one runs follow it, in order. */
  private void run(Checks checks) {
    do {
      var settings = checks.group().settings().healthCheck();
      var real = clock.real(settings.timeout());
      var limit = real.compareTo(SHORTEST_LIMIT) < 0 ? SHORTEST_LIMIT : real;
      checks.group().checkBegins(checks.target());
      checks
          .group()
          .checked(checks.target(), HealthProbe.run(checks.target().address(), settings, limit));
    } while (checks.waiting().decrementAndGet() > 0);
  }

  private record Checks(TargetGroup group, Target target, AtomicInteger waiting) {}
}
