package io.kodedeploy.simulator.elb;

import java.time.Duration;

/** What a target group does later. Never called back on the caller's thread. */
interface TargetGroupTimers {

  /** Checks the target after that time, and from then on at the group's interval. */
  void check(TargetGroup group, Target target, Duration in);

  /** Ends the target's draining after that time. */
  void drained(TargetGroup group, Target target, Duration in);
}
