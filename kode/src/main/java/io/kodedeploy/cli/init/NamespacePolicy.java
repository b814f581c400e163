package io.kodedeploy.cli.init;

import io.kodedeploy.cli.naming.Scope;
import java.util.Map;
import java.util.Optional;

/** What the identity of a namespace may do: this namespace's names and nothing else. */
final class NamespacePolicy {
  /** Name of the inline policy, the same that {@code aws deploy register} uses. */
  static final String NAME = "codedeploy-agent";

  private NamespacePolicy() {}

  /**
   * The finished document.
   *
   * @param bucket the bundles' bucket; without it every bucket of the account, under the
   *     namespace's own prefixes only
   */
  static String document(Scope scope, Optional<String> bucket, String region, String account) {
    return PolicyTemplate.fill(
        "codedeploy-namespace.iampolicy.json",
        Map.of(
            "BUCKET", bucket.orElse("*"),
            "ENV", scope.environment(),
            "NAMESPACE", scope.namespace(),
            "CLUSTER", scope.cluster().orElseThrow(),
            "REGION", region,
            "ACCOUNT", account));
  }
}
