package io.kodedeploy.simulator.elb;

/** A registration: the same instance may be registered on several ports. */
record TargetKey(String id, int port) {}
