package io.kodedeploy.cli.aws;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * Where AWS is and who we are there. What is empty is left to the SDK's own chains (environment,
 * profile, container, instance).
 *
 * @param endpoint one address for all services; the SDK itself reads {@code AWS_ENDPOINT_URL}
 * @param region the region's name
 * @param credentials the caller's identity
 * @param pathStyle whether buckets are named in the path, as a single endpoint needs it
 */
public record AwsSettings(
    Optional<URI> endpoint,
    Optional<String> region,
    Optional<AwsCredentialsProvider> credentials,
    boolean pathStyle) {

  /**
   * What the environment says. {@code AWS_DEFAULT_REGION}, which the SDK for Java does not read,
   * counts after {@code AWS_REGION} as it does in the aws command.
   */
  public static AwsSettings from(Map<String, String> environment) {
    return new AwsSettings(
        Optional.empty(),
        Optional.ofNullable(environment.get("AWS_REGION"))
            .or(() -> Optional.ofNullable(environment.get("AWS_DEFAULT_REGION")))
            .filter(region -> !region.isBlank()),
        Optional.empty(),
        environment.containsKey("AWS_ENDPOINT_URL")
            || environment.containsKey("AWS_ENDPOINT_URL_S3"));
  }

  /** One endpoint, for a simulator. */
  public static AwsSettings at(URI endpoint, String region, AwsCredentialsProvider credentials) {
    return new AwsSettings(
        Optional.of(endpoint), Optional.of(region), Optional.of(credentials), true);
  }
}
