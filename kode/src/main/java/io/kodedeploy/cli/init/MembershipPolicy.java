package io.kodedeploy.cli.init;

import io.kodedeploy.cli.naming.Scope;
import java.util.Map;

/** What the chart's membership Jobs may do: tag and untag the hosts of their cluster. */
final class MembershipPolicy {
  private MembershipPolicy() {}

  static String document(Scope scope, String region, AccountId account) {
    return PolicyTemplate.fill(
        "codedeploy-membership.iampolicy.json",
        Map.of(
            "ENV", scope.environment(),
            "CLUSTER", scope.cluster().orElseThrow(),
            "REGION", region,
            "ACCOUNT", account.id()));
  }
}
