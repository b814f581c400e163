package io.kodedeploy.simulator.ec2;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * Session credentials of an instance's role, as the metadata service hands them out.
 *
 * @param issued when they were made, {@code LastUpdated} in the metadata
 * @param expiration from when on the signature check refuses them
 */
public record InstanceCredentials(
    String accessKeyId,
    String secretAccessKey,
    String sessionToken,
    Instant issued,
    Instant expiration) {

  /** Refuses missing parts. */
  public InstanceCredentials {
    requireNonNull(accessKeyId, "accessKeyId");
    requireNonNull(secretAccessKey, "secretAccessKey");
    requireNonNull(sessionToken, "sessionToken");
    requireNonNull(issued, "issued");
    requireNonNull(expiration, "expiration");
  }

  /** Never shows a secret. */
  @Override
  public String toString() {
    return "InstanceCredentials[" + accessKeyId + " until " + expiration + "]";
  }
}
