package io.kodedeploy.cli.local;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.identity.OnPremisesIdentity;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * Whose region and credentials fetch a bundle from S3: the on-premises host of this machine, else
 * the person as every AWS tool finds them (environment, profile, container, instance). Nothing is
 * looked for before a bundle in S3 is fetched.
 */
final class LocalIdentity {
  /** S3 names the region of the bucket when it is another one. */
  private static final String ANY_REGION = "us-east-1";

  private LocalIdentity() {}

  /**
   * Finds it.
   *
   * @param inS3 whether the bundle is in S3, so that the region matters
   * @throws AgentException {@code identity-invalid} when the on-premises file is wrong
   */
  static HostIdentity find(
      CodeDeployAgentConfig config, Map<String, String> environment, boolean inS3) {
    return OnPremisesIdentity.read(config.onPremisesFile(), environment)
        .orElseGet(() -> person(environment, inS3));
  }

  private static HostIdentity person(Map<String, String> environment, boolean inS3) {
    return new HostIdentity(
        "local",
        region(environment, inS3),
        Optional.empty(),
        Optional.empty(),
        credentials(environment),
        "the person at this machine");
  }

  private static String region(Map<String, String> environment, boolean inS3) {
    var named = set(environment, "AWS_REGION").or(() -> set(environment, "AWS_DEFAULT_REGION"));
    if (named.isPresent() || !inS3) {
      return named.orElse(ANY_REGION);
    }
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion().id();
    } catch (SdkClientException e) {
      return ANY_REGION;
    }
  }

  private static AwsCredentialsProvider credentials(Map<String, String> environment) {
    var key = set(environment, "AWS_ACCESS_KEY_ID");
    var secret = set(environment, "AWS_SECRET_ACCESS_KEY");
    if (key.isPresent() && secret.isPresent()) {
      AwsCredentials credentials =
          set(environment, "AWS_SESSION_TOKEN")
              .<AwsCredentials>map(
                  token -> AwsSessionCredentials.create(key.get(), secret.get(), token))
              .orElseGet(() -> AwsBasicCredentials.create(key.get(), secret.get()));
      return () -> credentials;
    }
    return LocalIdentity::ofTheSdk;
  }

  private static AwsCredentials ofTheSdk() {
    try (var chain = DefaultCredentialsProvider.builder().build()) {
      return chain.resolveCredentials();
    } catch (SdkClientException e) {
      throw new AgentException(
          ErrorCode.CREDENTIALS_UNAVAILABLE,
          "there are no AWS credentials for a bundle in S3: set AWS_ACCESS_KEY_ID and"
              + " AWS_SECRET_ACCESS_KEY or AWS_PROFILE, or give this machine an instance role or an"
              + " on-premises file",
          e);
    }
  }

  private static Optional<String> set(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }
}
