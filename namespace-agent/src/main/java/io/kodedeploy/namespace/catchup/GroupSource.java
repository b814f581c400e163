package io.kodedeploy.namespace.catchup;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What catch-up asks CodeDeploy: by calls of its own, or by what the cluster's agents share. */
interface GroupSource {
  /**
   * Every group that may select this host.
   *
   * @throws io.kodedeploy.core.error.AgentException when it cannot be known now
   */
  List<GroupState> groups() throws InterruptedException;

  /**
   * Whether the host takes part, by the tags of its instance.
   *
   * @throws io.kodedeploy.core.error.AgentException when it cannot be known now
   */
  Membership membership(String instance, HostTags configured) throws InterruptedException;

  /** Deployments by id; those that the service does not know are left out. */
  Map<String, DeploymentFacts> deployments(Collection<String> ids) throws InterruptedException;
}
