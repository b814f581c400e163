package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.RequestHead;
import java.util.List;
import java.util.OptionalInt;

/**
 * A rule of a listener.
 *
 * @param priority 1 to 50000; empty is the default rule, which comes last and has no conditions
 */
record ListenerRule(
    String arn, OptionalInt priority, List<RuleCondition> conditions, List<RuleAction> actions) {

  boolean matches(RequestHead request) {
    for (var condition : conditions) {
      if (!condition.holds(request)) {
        return false;
      }
    }
    return true;
  }

  ListenerRule withActions(List<RuleAction> changed) {
    return new ListenerRule(arn, priority, conditions, changed);
  }

  ListenerRule withConditions(List<RuleCondition> changed) {
    return new ListenerRule(arn, priority, changed, actions);
  }

  ListenerRule withPriority(int changed) {
    return new ListenerRule(arn, OptionalInt.of(changed), conditions, actions);
  }
}
