package io.kodedeploy.cli.balancing;

import io.kodedeploy.cli.aws.Aws;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthStateEnum;

/**
 * The targets of one target group as the load balancer sees them.
 *
 * @param healthy number of those that may get requests
 * @param others the rest, each with state and reason; draining ones do not count at all
 */
public record TargetHealth(int healthy, List<String> others) {
  /** Copies the list. */
  public TargetHealth {
    others = List.copyOf(others);
  }

  /** Asks the load balancer. */
  public static TargetHealth of(Aws aws, String targetGroupArn) {
    int healthy = 0;
    var others = new ArrayList<String>();
    for (TargetHealthDescription target :
        aws.loadBalancing()
            .describeTargetHealth(request -> request.targetGroupArn(targetGroupArn))
            .targetHealthDescriptions()) {
      var state = target.targetHealth().state();
      if (state == TargetHealthStateEnum.HEALTHY) {
        healthy++;
      } else if (state != TargetHealthStateEnum.DRAINING) {
        others.add(
            target.target().id()
                + " "
                + target.targetHealth().stateAsString()
                + (target.targetHealth().reason() == null
                    ? ""
                    : " (" + target.targetHealth().reasonAsString() + ")"));
      }
    }
    return new TargetHealth(healthy, others);
  }

  /** Whether at least so many are healthy, one in any case, and none is anything else. */
  public boolean atLeast(int expected) {
    return healthy >= Math.max(1, expected) && others.isEmpty();
  }

  /** In words. */
  public String words() {
    return healthy + " healthy" + (others.isEmpty() ? "" : ", " + String.join(", ", others));
  }
}
