package io.kodedeploy.simulator.wire;

/** Holds state that {@code POST /_simulator/reset} puts back to that of a new account. */
@FunctionalInterface
public interface Resettable {
  /** Forgets everything; ends what it started (timers, listeners, threads). */
  void reset();
}
