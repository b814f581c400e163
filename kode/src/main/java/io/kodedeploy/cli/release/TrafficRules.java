package io.kodedeploy.cli.release;

import io.kodedeploy.cli.aws.Aws;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Rule;

/** Finds, reads and writes the rules of load balancers. */
final class TrafficRules {
  private final Aws aws;

  TrafficRules(Aws aws) {
    this.aws = aws;
  }

  /** Every rule, default actions included, that forwards to at least one of the target groups. */
  List<TrafficRule> forwardingTo(Set<String> targetGroupArns) {
    var loadBalancers =
        aws
            .loadBalancing()
            .describeTargetGroups(request -> request.targetGroupArns(targetGroupArns))
            .targetGroups()
            .stream()
            .flatMap(group -> group.loadBalancerArns().stream())
            .distinct()
            .toList();
    if (loadBalancers.isEmpty()) {
      return List.of();
    }
    var found = new ArrayList<TrafficRule>();
    for (var loadBalancer :
        aws.loadBalancing()
            .describeLoadBalancers(request -> request.loadBalancerArns(loadBalancers))
            .loadBalancers()) {
      aws.loadBalancing()
          .describeListenersPaginator(
              request -> request.loadBalancerArn(loadBalancer.loadBalancerArn()))
          .listeners()
          .forEach(listener -> find(loadBalancer, listener, targetGroupArns, found));
    }
    return found;
  }

  private void find(
      LoadBalancer loadBalancer,
      Listener listener,
      Set<String> targetGroupArns,
      List<TrafficRule> found) {
    for (Rule rule : rules(listener.listenerArn())) {
      var weights = Forwarding.weights(rule.actions());
      if (weights.isEmpty()
          || weights.get().keySet().stream().noneMatch(targetGroupArns::contains)) {
        continue;
      }
      boolean isDefault = Boolean.TRUE.equals(rule.isDefault());
      found.add(
          new TrafficRule(
              listener.listenerArn(),
              isDefault ? Optional.empty() : Optional.of(rule.ruleArn()),
              isDefault && listener.protocol() == ProtocolEnum.HTTP
                  ? Optional.of(
                      URI.create("http://" + loadBalancer.dnsName() + ":" + listener.port() + "/"))
                  : Optional.empty()));
    }
  }

  private List<Rule> rules(String listenerArn) {
    return aws
        .loadBalancing()
        .describeRulesPaginator(request -> request.listenerArn(listenerArn))
        .rules()
        .stream()
        .toList();
  }

  /** The weights as they are now. */
  Map<String, Integer> weights(TrafficRule rule) {
    return Forwarding.weights(actions(rule))
        .orElseThrow(() -> new IllegalStateException(rule.arn() + " forwards no longer"));
  }

  /**
   * Changes the weights and nothing else. There is no version to compare: one releaser at a time.
   */
  void set(TrafficRule rule, Map<String, Integer> weights) {
    var actions = Forwarding.with(actions(rule), weights);
    if (rule.ruleArn().isPresent()) {
      aws.loadBalancing()
          .modifyRule(request -> request.ruleArn(rule.ruleArn().get()).actions(actions));
    } else {
      aws.loadBalancing()
          .modifyListener(
              request -> request.listenerArn(rule.listenerArn()).defaultActions(actions));
    }
  }

  private List<Action> actions(TrafficRule rule) {
    if (rule.ruleArn().isPresent()) {
      return aws.loadBalancing()
          .describeRules(request -> request.ruleArns(rule.ruleArn().get()))
          .rules()
          .getFirst()
          .actions();
    }
    return aws.loadBalancing()
        .describeListeners(request -> request.listenerArns(rule.listenerArn()))
        .listeners()
        .getFirst()
        .defaultActions();
  }
}
