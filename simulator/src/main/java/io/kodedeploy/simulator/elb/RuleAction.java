package io.kodedeploy.simulator.elb;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What a rule does with a request. */
sealed interface RuleAction {

  /**
   * To target groups by weight.
   *
   * @param stickiness seconds, when group stickiness is on; kept for the API, not carried out
   */
  record Forward(List<WeightedGroup> groups, OptionalInt stickiness) implements RuleAction {}

  /** A target group's share. */
  record WeightedGroup(String targetGroupArn, int weight) {}

  /** An answer of the load balancer's own. */
  record FixedResponse(int status, Optional<String> contentType, Optional<String> body)
      implements RuleAction {}

  /** An answer that sends the client elsewhere; placeholders such as {@code #{path}} are filled. */
  record Redirect(String protocol, String host, String port, String path, String query, int status)
      implements RuleAction {}
}
