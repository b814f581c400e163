package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.spec.FileExistsBehavior;
import io.kodedeploy.core.spec.Revision;
import java.time.Instant;
import java.util.Optional;

/**
 * What the service says about a deployment.
 *
 * @param succeeded whether it ended well, for the whole group
 * @param source its bundle; nothing when it is of a kind that a host cannot fetch
 */
record DeploymentFacts(
    String id,
    String application,
    String group,
    boolean succeeded,
    Instant created,
    Optional<Source> source) {
  /** A bundle and how it treats files that are there. */
  record Source(Revision revision, FileExistsBehavior fileExists) {}

  /** Whether it is what a group is said to have deployed last. */
  boolean confirms(Wanted wanted) {
    return succeeded
        && application.equals(wanted.application())
        && group.equals(wanted.group().name());
  }

  Optional<Revision> revision() {
    return source.map(Source::revision);
  }
}
