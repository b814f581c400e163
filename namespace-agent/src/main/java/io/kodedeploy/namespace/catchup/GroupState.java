package io.kodedeploy.namespace.catchup;

import java.time.Instant;
import java.util.Optional;

/**
 * What the service says about a deployment group.
 *
 * @param lastSuccessful its last successful deployment
 * @param running whether a deployment of it has not ended
 */
record GroupState(
    String application,
    String name,
    String id,
    TagSelection selection,
    Optional<Deployment> lastSuccessful,
    boolean running) {
  /** A deployment that succeeded. */
  record Deployment(String id, Instant created) {}
}
