package io.kodedeploy.namespace.catchup;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What catch-up asks CodeDeploy: by calls of its own, or by what the cluster's agents share. */
interface GroupSource {
  /**
   * Groups that may select this host.
   *
   * @param own whether CodeDeploy told this host itself, just now
   */
  record Listing(List<GroupState> groups, boolean own) {}

  /**
   * Every group that may select this host.
   *
   * @param notBefore how old the answer may be, where it is shared
   * @throws io.kodedeploy.core.error.AgentException when it cannot be known now
   */
  Listing groups(Instant notBefore) throws InterruptedException;

  /** Groups of one application by name, as CodeDeploy has them now; unknown ones are left out. */
  List<GroupState> groups(String application, Collection<String> names) throws InterruptedException;

  /**
   * Whether the host takes part, by the tags of its instance.
   *
   * @throws io.kodedeploy.core.error.AgentException when it cannot be known now
   */
  Membership membership(String instance, HostTags configured) throws InterruptedException;

  /** Deployments by id; those that the service does not know are left out. */
  Map<String, DeploymentFacts> deployments(Collection<String> ids) throws InterruptedException;
}
