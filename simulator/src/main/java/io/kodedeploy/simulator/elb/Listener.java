package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.HttpEndpoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** A bound port of a load balancer with its rules. Guarded by the monitor of {@link ElbRegion}. */
final class Listener {
  final String arn;
  final LoadBalancer loadBalancer;
  final int port;
  private final ListenerTraffic traffic;
  private final HttpEndpoint endpoint;
  private List<ListenerRule> rules;

  Listener(
      String arn,
      LoadBalancer loadBalancer,
      List<ListenerRule> rules,
      ListenerTraffic traffic,
      HttpEndpoint endpoint) {
    this.arn = arn;
    this.loadBalancer = loadBalancer;
    this.port = endpoint.address().getPort();
    this.rules = rules;
    this.traffic = traffic;
    this.endpoint = endpoint;
  }

  /** By priority, the default rule last. */
  List<ListenerRule> rules() {
    return rules;
  }

  ListenerRule defaultRule() {
    return rules.getLast();
  }

  /** Replaces the rules; the next request follows them. */
  void follow(List<ListenerRule> changed, Function<String, TargetGroup> targetGroups) {
    var sorted = new ArrayList<>(changed);
    sorted.sort(Comparator.comparingInt(rule -> rule.priority().orElse(Integer.MAX_VALUE)));
    rules = List.copyOf(sorted);
    traffic.follow(new Routing(rules, targetGroups));
  }

  boolean names(String targetGroupArn) {
    return rules.stream()
        .flatMap(rule -> rule.actions().stream())
        .anyMatch(
            action ->
                action instanceof RuleAction.Forward(var groups, _)
                    && groups.stream().anyMatch(g -> g.targetGroupArn().equals(targetGroupArn)));
  }

  String url() {
    return endpoint.url();
  }

  /** Ends the port; requests that run may finish. */
  void close() {
    endpoint.close();
  }
}
