package io.kodedeploy.core.protocol;

import java.util.Optional;

/**
 * The answer to a request for a specification, unchecked.
 *
 * @param deploymentSystem must be {@code CodeDeploy}; empty when absent
 * @param present whether there was a specification at all
 * @param envelope what it carried
 */
public record DeploymentSpecification(
    String deploymentSystem, boolean present, Optional<Envelope> envelope) {
  /** A payload and how to read it; a missing format is empty. */
  public record Envelope(String format, String payload) {}
}
