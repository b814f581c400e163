package io.kodedeploy.cli.cluster;

import io.kodedeploy.cli.naming.Scope;
import java.util.Map;
import java.util.Optional;

/**
 * A registered on-premises instance of a cluster.
 *
 * @param name of the instance
 * @param userArn its IAM user, empty when it is a session of a role
 */
record ClusterHost(String name, Map<String, String> tags, Optional<String> userArn) {
  ClusterHost {
    tags = Map.copyOf(tags);
  }

  /** Whether no deployment group of its environment selects it now. */
  boolean paused() {
    return tags.containsKey(Scope.PAUSED_TAG) && !tags.containsKey(Scope.ENVIRONMENT_TAG);
  }

  /** Of which environment it is, paused or not. */
  String environment() {
    return tags.getOrDefault(Scope.ENVIRONMENT_TAG, tags.getOrDefault(Scope.PAUSED_TAG, ""));
  }

  String namespace() {
    return tags.getOrDefault(Scope.NAMESPACE_TAG, "");
  }
}
