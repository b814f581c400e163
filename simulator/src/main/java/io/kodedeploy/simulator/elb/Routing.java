package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A listener's rules as the data path reads them: in order, with the choice between target groups
 * at hand. A change of the rules makes a new one, so a request sees either the old rules or the
 * new.
 */
final class Routing {

  /** Where a request goes. */
  sealed interface Decision {
    record ToGroups(WeightedChoice<TargetGroup> choice) implements Decision {}

    record Answer(RuleAction.FixedResponse response) implements Decision {}

    record Elsewhere(RuleAction.Redirect redirect) implements Decision {}
  }

  private record Route(ListenerRule rule, Decision decision) {}

  private final List<Route> routes = new ArrayList<>();

  /**
   * Prepares rules.
   *
   * @param rules by priority, the default rule last
   */
  Routing(List<ListenerRule> rules, Function<String, TargetGroup> targetGroups) {
    for (var rule : rules) {
      routes.add(new Route(rule, decision(rule.actions().getLast(), targetGroups)));
    }
  }

  Decision route(RequestHead request) {
    for (var route : routes) {
      if (route.rule().matches(request)) {
        return route.decision();
      }
    }
    throw new IllegalStateException("a listener without a default rule");
  }

  private static Decision decision(RuleAction action, Function<String, TargetGroup> targetGroups) {
    return switch (action) {
      case RuleAction.FixedResponse fixed -> new Decision.Answer(fixed);
      case RuleAction.Redirect redirect -> new Decision.Elsewhere(redirect);
      case RuleAction.Forward(var groups, _) -> {
        var entries = new ArrayList<WeightedChoice.Entry<TargetGroup>>();
        for (var group : groups) {
          entries.add(
              new WeightedChoice.Entry<>(
                  targetGroups.apply(group.targetGroupArn()), group.weight()));
        }
        yield new Decision.ToGroups(new WeightedChoice<>(entries));
      }
    };
  }
}
