package io.kodedeploy.cli.release;

import java.net.URI;
import java.util.Optional;

/**
 * The one place where requests are shared out between target groups.
 *
 * @param listenerArn the listener
 * @param ruleArn a rule of it, or empty for its default actions
 * @param address where the load balancer answers, when that can be told: plain HTTP and no
 *     condition
 */
record TrafficRule(String listenerArn, Optional<String> ruleArn, Optional<URI> address) {
  /** The ARN of what is changed. */
  String arn() {
    return ruleArn.orElse(listenerArn);
  }
}
