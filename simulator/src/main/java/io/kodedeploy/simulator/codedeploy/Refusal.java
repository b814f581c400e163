package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.AwsError;

/** The errors of CodeDeploy; codes are given without the suffix {@code Exception}. */
final class Refusal {
  private Refusal() {}

  static AwsError of(String code, String message) {
    return AwsError.badRequest(code + "Exception", message);
  }

  /** For what AWS can do and this simulator cannot: it never pretends. */
  static AwsError unsupported(String what) {
    return of("SimulatorUnsupported", "The simulator does not support " + what + ".");
  }
}
