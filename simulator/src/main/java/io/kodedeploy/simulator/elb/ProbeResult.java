package io.kodedeploy.simulator.elb;

/** What one health check found. */
sealed interface ProbeResult {

  record Passed() implements ProbeResult {}

  /** With the state that enough failures of this kind lead to. */
  record Failed(TargetHealth health) implements ProbeResult {}
}
