package io.kodedeploy.node.elb;

import io.kodedeploy.core.protocol.CallListener;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.codedeploy.CodeDeployClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;

/**
 * SDK clients of one identity, each built on first use: an idle agent never loads their classes.
 * They do not repeat calls; {@link AwsCalls} does. Safe for use by many threads.
 */
public final class AwsClients implements AutoCloseable {
  private final Region region;
  private final AwsCredentialsProvider credentials;
  private final Optional<URI> endpoint;
  private final CallListener calls;
  private Optional<SdkHttpClient> http = Optional.empty();
  private Optional<ElasticLoadBalancingV2Client> elb = Optional.empty();
  private Optional<AutoScalingClient> scaling = Optional.empty();
  private Optional<CodeDeployClient> codeDeploy = Optional.empty();

  /**
   * Clients that sign with these credentials; endpoints as the SDK finds them.
   *
   * @param calls hears every attempt of every call
   */
  public AwsClients(String region, AwsCredentialsProvider credentials, CallListener calls) {
    this(region, credentials, Optional.empty(), calls);
  }

  AwsClients(
      String region,
      AwsCredentialsProvider credentials,
      Optional<URI> endpoint,
      CallListener calls) {
    this.region = Region.of(region);
    this.credentials = credentials;
    this.endpoint = endpoint;
    this.calls = calls;
  }

  synchronized ElasticLoadBalancingV2Client elb() {
    if (elb.isEmpty()) {
      elb =
          Optional.of(
              configured(ElasticLoadBalancingV2Client.builder(), "elasticloadbalancing").build());
    }
    return elb.get();
  }

  synchronized AutoScalingClient scaling() {
    if (scaling.isEmpty()) {
      scaling = Optional.of(configured(AutoScalingClient.builder(), "autoscaling").build());
    }
    return scaling.get();
  }

  synchronized CodeDeployClient codeDeploy() {
    if (codeDeploy.isEmpty()) {
      codeDeploy = Optional.of(configured(CodeDeployClient.builder(), "codedeploy").build());
    }
    return codeDeploy.get();
  }

  private <B extends AwsClientBuilder<B, ?> & SdkSyncClientBuilder<B, ?>> B configured(
      B builder, String service) {
    if (http.isEmpty()) {
      http =
          Optional.of(
              UrlConnectionHttpClient.builder()
                  .connectionTimeout(Duration.ofSeconds(5))
                  .socketTimeout(Duration.ofSeconds(20))
                  .build());
    }
    endpoint.ifPresent(builder::endpointOverride);
    return builder
        .region(region)
        .credentialsProvider(credentials)
        .httpClient(http.get())
        .overrideConfiguration(
            o ->
                o.addExecutionInterceptor(new CountedCalls(service, calls))
                    .retryStrategy(AwsRetryStrategy.doNotRetry())
                    .apiCallTimeout(Duration.ofSeconds(30)));
  }

  @Override
  public synchronized void close() {
    // No method references: linking one would load a client that was never used.
    if (elb.isPresent()) {
      elb.get().close();
    }
    if (scaling.isPresent()) {
      scaling.get().close();
    }
    if (codeDeploy.isPresent()) {
      codeDeploy.get().close();
    }
    if (http.isPresent()) {
      http.get().close();
    }
  }
}
