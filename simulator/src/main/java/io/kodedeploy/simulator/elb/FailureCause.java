package io.kodedeploy.simulator.elb;

/**
 * Why a request did not get a target's good answer. Status codes are those of the guide for
 * Application Load Balancers, "Troubleshoot your Application Load Balancers".
 */
enum FailureCause {
  NO_TARGET("no-target", 503, "Service Temporarily Unavailable"),
  CONNECT("connect", 502, "Bad Gateway"),
  CONNECT_TIMEOUT("connect-timeout", 504, "Gateway Time-out"),
  RESET("reset", 502, "Bad Gateway"),
  MALFORMED("malformed", 502, "Bad Gateway"),
  TIMEOUT("timeout", 504, "Gateway Time-out"),
  DRAIN_TIMEOUT("drain-timeout", 502, "Bad Gateway"),
  /** The target's answer had begun; the client's connection is cut. */
  TRUNCATED("truncated", 502, "Bad Gateway"),
  /** The target itself answered 5xx; the answer is passed on. */
  TARGET_5XX("target-5xx", 0, "");

  private final String id;
  private final int status;
  private final String reason;

  FailureCause(String id, int status, String reason) {
    this.id = id;
    this.status = status;
    this.reason = reason;
  }

  String id() {
    return id;
  }

  int status() {
    return status;
  }

  String reason() {
    return reason;
  }
}
