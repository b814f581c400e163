package io.kodedeploy.cli.release;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ForwardActionConfig;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupTuple;

/** Reads and replaces the weights in an action list; every other action stays as it is. */
final class Forwarding {
  private Forwarding() {}

  /** Weights by target group ARN in the list's order; empty when nothing is forwarded. */
  static Optional<Map<String, Integer>> weights(List<Action> actions) {
    return actions.stream()
        .filter(action -> action.type() == ActionTypeEnum.FORWARD)
        .findFirst()
        .map(Forwarding::weights);
  }

  private static Map<String, Integer> weights(Action forward) {
    var weights = new LinkedHashMap<String, Integer>();
    if (forward.forwardConfig() != null && forward.forwardConfig().hasTargetGroups()) {
      for (TargetGroupTuple group : forward.forwardConfig().targetGroups()) {
        // One group alone may come without a weight, which then means all.
        weights.put(group.targetGroupArn(), group.weight() == null ? 1 : group.weight());
      }
    } else {
      weights.put(forward.targetGroupArn(), 1);
    }
    return weights;
  }

  /** The list with these weights in its forward action. */
  static List<Action> with(List<Action> actions, Map<String, Integer> weights) {
    var groups =
        weights.entrySet().stream()
            .map(
                entry ->
                    TargetGroupTuple.builder()
                        .targetGroupArn(entry.getKey())
                        .weight(entry.getValue())
                        .build())
            .toList();
    var result = new ArrayList<Action>();
    for (Action action : actions) {
      result.add(
          switch (action.type()) {
            case FORWARD -> forward(action, groups);
            // The secret never comes back in a description; this asks to keep it (API reference).
            case AUTHENTICATE_OIDC ->
                action.copy(
                    builder ->
                        builder.authenticateOidcConfig(
                            action.authenticateOidcConfig().toBuilder()
                                .useExistingClientSecret(true)
                                .build()));
            default -> action;
          });
    }
    return result;
  }

  private static Action forward(Action action, List<TargetGroupTuple> groups) {
    var config =
        action.forwardConfig() == null
            ? ForwardActionConfig.builder()
            : action.forwardConfig().toBuilder();
    return action.toBuilder()
        .targetGroupArn(null)
        .forwardConfig(config.targetGroups(groups).build())
        .build();
  }
}
