package io.kodedeploy.cli.aws;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.codedeploy.CodeDeployClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sts.StsClient;

/** Clients of the SDK, each built when it is first asked for. Thread-safe. */
public final class SdkAws implements Aws {
  private final AwsSettings settings;
  private final Map<Class<?>, AutoCloseable> clients = new HashMap<>();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /** Nothing is built or called yet. */
  public SdkAws(AwsSettings settings) {
    this.settings = settings;
  }

  @Override
  public CodeDeployClient codeDeploy() {
    return client(CodeDeployClient.class, () -> ready(CodeDeployClient.builder()).build());
  }

  @Override
  public S3Client s3() {
    return client(
        S3Client.class,
        () ->
            ready(S3Client.builder())
                .forcePathStyle(settings.pathStyle())
                .overrideConfiguration(calls().addExecutionInterceptor(new NoExpectation()).build())
                .build());
  }

  @Override
  public IamClient iam() {
    return client(
        IamClient.class,
        () -> {
          var builder = ready(IamClient.builder());
          if (settings.endpoint().isEmpty()) {
            builder.region(globalRegion());
          }
          return builder.build();
        });
  }

  @Override
  public StsClient sts() {
    return client(StsClient.class, () -> ready(StsClient.builder()).build());
  }

  @Override
  public ElasticLoadBalancingV2Client loadBalancing() {
    return client(
        ElasticLoadBalancingV2Client.class,
        () -> ready(ElasticLoadBalancingV2Client.builder()).build());
  }

  @Override
  public AutoScalingClient autoScaling() {
    return client(AutoScalingClient.class, () -> ready(AutoScalingClient.builder()).build());
  }

  @Override
  public String region() {
    return settings
        .region()
        .orElseGet(() -> DefaultAwsRegionProviderChain.builder().build().getRegion().id());
  }

  /** IAM is one service for a whole partition. */
  private Region globalRegion() {
    var metadata = Region.of(region()).metadata();
    return switch (metadata == null ? "aws" : metadata.partition().id()) {
      case "aws-cn" -> Region.AWS_CN_GLOBAL;
      case "aws-us-gov" -> Region.AWS_US_GOV_GLOBAL;
      default -> Region.AWS_GLOBAL;
    };
  }

  private <B extends AwsClientBuilder<B, ?> & SdkSyncClientBuilder<B, ?>> B ready(B builder) {
    settings.endpoint().ifPresent(builder::endpointOverride);
    settings.credentials().ifPresent(builder::credentialsProvider);
    return builder
        .region(Region.of(region()))
        .httpClient(http())
        .overrideConfiguration(calls().build());
  }

  private static ClientOverrideConfiguration.Builder calls() {
    return ClientOverrideConfiguration.builder()
        .apiCallTimeout(Duration.ofMinutes(2))
        .apiCallAttemptTimeout(Duration.ofSeconds(60));
  }

  private SdkHttpClient http() {
    return client(
        SdkHttpClient.class,
        () ->
            UrlConnectionHttpClient.builder()
                .connectionTimeout(Duration.ofSeconds(5))
                .socketTimeout(Duration.ofSeconds(60))
                .build());
  }

  private synchronized <T extends AutoCloseable> T client(Class<T> type, Supplier<T> build) {
    var known = clients.get(type);
    if (known != null) {
      return type.cast(known);
    }
    T client = build.get();
    clients.put(type, client);
    opened.push(client);
    return client;
  }

  @Override
  public synchronized void close() {
    while (!opened.isEmpty()) {
      var client = opened.pop();
      clients.values().remove(client);
      try {
        client.close();
      } catch (Exception e) {
        throw new IllegalStateException("a client did not close: " + client, e);
      }
    }
  }
}
