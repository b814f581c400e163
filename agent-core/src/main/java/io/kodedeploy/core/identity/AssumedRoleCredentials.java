package io.kodedeploy.core.identity;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleWithWebIdentityCredentialsProvider;
import software.amazon.awssdk.services.sts.model.AssumeRoleWithWebIdentityRequest;

/**
 * Credentials of a role, with the session name that is part of the host's ARN. The clients are
 * built when credentials are first asked for. Renewed by the SDK's provider; safe for many threads.
 */
final class AssumedRoleCredentials implements RenewableCredentials, AutoCloseable {
  private final String role;
  private final String sessionName;
  private final String region;
  private final Optional<Path> webIdentityToken;
  private @Nullable StsClient client; // guarded by this, as below
  private @Nullable AwsCredentialsProvider provider;
  private volatile @Nullable AwsCredentials held;

  AssumedRoleCredentials(
      String role, String sessionName, String region, Optional<Path> webIdentityToken) {
    this.role = role;
    this.sessionName = sessionName;
    this.region = region;
    this.webIdentityToken = webIdentityToken;
  }

  @Override
  public AwsCredentials resolveCredentials() {
    try {
      var fresh = provider().resolveCredentials();
      held = fresh;
      return fresh;
    } catch (SdkException e) {
      throw new AgentException(
          ErrorCode.CREDENTIALS_UNAVAILABLE,
          "role " + role + " cannot be assumed as " + sessionName + ": " + e.getMessage(),
          e);
    }
  }

  private synchronized AwsCredentialsProvider provider() {
    if (provider == null) {
      var builder =
          StsClient.builder()
              .region(Region.of(region))
              .httpClientBuilder(UrlConnectionHttpClient.builder());
      if (webIdentityToken.isPresent()) {
        client = builder.credentialsProvider(AnonymousCredentialsProvider.create()).build();
        provider = byWebIdentity(client, webIdentityToken.get());
      } else {
        client = builder.credentialsProvider(DefaultCredentialsProvider.builder().build()).build();
        provider =
            StsAssumeRoleCredentialsProvider.builder()
                .stsClient(client)
                .refreshRequest(request -> request.roleArn(role).roleSessionName(sessionName))
                .build();
      }
    }
    return provider;
  }

  private AwsCredentialsProvider byWebIdentity(StsClient sts, Path token) {
    return StsAssumeRoleWithWebIdentityCredentialsProvider.builder()
        .stsClient(sts)
        .refreshRequest(
            () -> // a supplier, asked each time: Kubernetes replaces the token
            AssumeRoleWithWebIdentityRequest.builder()
                    .roleArn(role)
                    .roleSessionName(sessionName)
                    .webIdentityToken(WebIdentityToken.read(token))
                    .build())
        .build();
  }

  @Override
  public synchronized void renew(AwsCredentials refused) {
    if (refused.equals(held)) {
      close();
      provider = null;
    }
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
    }
  }
}
