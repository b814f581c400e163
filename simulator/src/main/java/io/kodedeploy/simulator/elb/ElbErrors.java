package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.wire.AwsError;

/** Refusals in the service's words. */
final class ElbErrors {
  private ElbErrors() {}

  static AwsError validation(String message) {
    return AwsError.badRequest("ValidationError", message);
  }

  static AwsError loadBalancerNotFound(String which) {
    return AwsError.badRequest(
        "LoadBalancerNotFound", "Load balancers '[" + which + "]' not found");
  }

  static AwsError targetGroupNotFound() {
    return AwsError.badRequest("TargetGroupNotFound", "One or more target groups not found");
  }

  static AwsError listenerNotFound() {
    return AwsError.badRequest("ListenerNotFound", "One or more listeners not found");
  }

  static AwsError ruleNotFound() {
    return AwsError.badRequest("RuleNotFound", "One or more rules not found");
  }

  static AwsError invalidTarget(String message) {
    return AwsError.badRequest("InvalidTarget", message);
  }
}
