package io.kodedeploy.core.identity;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.core.error.AgentException;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * Who this host is towards AWS. Immutable; the provider hands out fresh credentials as they rotate
 * and is safe for use by many threads.
 *
 * @param arn the host identifier of every call
 * @param region signing region of every client
 * @param domain domain of the endpoints when the instance metadata named one
 * @param instance the EC2 instance, absent on-premises
 * @param credentials the host's own credentials, never those that the platform injects
 * @param description where identity and credentials come from, for logs and status; no secret
 */
public record HostIdentity(
    String arn,
    String region,
    Optional<String> domain,
    Optional<Ec2Instance> instance,
    AwsCredentialsProvider credentials,
    String description) {
  /** Checks that nothing is absent. */
  public HostIdentity {
    requireNonNull(arn, "arn");
    requireNonNull(region, "region");
    requireNonNull(domain, "domain");
    requireNonNull(instance, "instance");
    requireNonNull(credentials, "credentials");
    requireNonNull(description, "description");
  }

  /**
   * The EC2 instance of the identity document.
   *
   * @param instanceId {@code i-...}
   * @param accountId twelve digits
   * @param region region of the instance
   * @param partition {@code aws}, {@code aws-cn}, ...
   */
  public record Ec2Instance(String instanceId, String accountId, String region, String partition) {}

  /** When the credentials in use expire; empty when they never do, or cannot be had now. */
  public Optional<Instant> credentialsExpiry() {
    try {
      return credentials.resolveCredentials().expirationTime();
    } catch (AgentException e) {
      return Optional.empty(); // the poll that needs them says why
    }
  }

  /**
   * Looks for newer credentials, after the service has refused these.
   *
   * @return whether there are others now, so that the same call may succeed
   */
  public boolean renewCredentials(AwsCredentials refused) {
    if (!(credentials instanceof RenewableCredentials renewable)) {
      return false;
    }
    renewable.renew(refused);
    return !credentials.resolveCredentials().equals(refused);
  }

  @Override
  public String toString() {
    return arn + " in " + region + " (" + description + ")";
  }
}
