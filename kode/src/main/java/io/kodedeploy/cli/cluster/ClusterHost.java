package io.kodedeploy.cli.cluster;

import io.kodedeploy.cli.naming.Scope;
import java.util.Map;
import java.util.Optional;

/**
 * A registered on-premises instance of a cluster.
 *
 * @param name of the instance
 * @param userArn its IAM user, empty when it is a session of a role
 * @param sessionArn its session, empty when it is a user
 */
record ClusterHost(
    String name, Map<String, String> tags, Optional<String> userArn, Optional<String> sessionArn) {
  ClusterHost {
    tags = Map.copyOf(tags);
  }

  /** Whether no deployment group of its environment selects it now. */
  boolean paused() {
    return tags.containsKey(Scope.PAUSED_TAG) && !tags.containsKey(Scope.ENVIRONMENT_TAG);
  }

  /**
   * Whether it belongs to that environment: member, paused, or neither (its agent has not polled
   * yet, or the chart was uninstalled), when only its name can say so.
   */
  boolean of(String environment) {
    String tag = tags.getOrDefault(Scope.ENVIRONMENT_TAG, tags.getOrDefault(Scope.PAUSED_TAG, ""));
    return tag.isEmpty() ? name.equals(instanceName(environment)) : tag.equals(environment);
  }

  private String instanceName(String environment) {
    return environment + "-" + tags.getOrDefault(Scope.CLUSTER_TAG, "") + "-" + namespace();
  }

  String namespace() {
    return tags.getOrDefault(Scope.NAMESPACE_TAG, "");
  }
}
