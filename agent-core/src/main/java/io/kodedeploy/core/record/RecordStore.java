package io.kodedeploy.core.record;

import io.kodedeploy.core.identity.HostIdentity;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Puts an object; its client is built with the first one. For one thread. */
final class RecordStore implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final HostIdentity identity;
  private final Optional<URI> endpoint;
  private final String bucket;
  private @Nullable S3Client client;

  /**
   * A store.
   *
   * @param endpoint instead of the region's own; the SDK also honours {@code AWS_ENDPOINT_URL}
   */
  RecordStore(HostIdentity identity, Optional<URI> endpoint, String bucket) {
    this.identity = identity;
    this.endpoint = endpoint;
    this.bucket = bucket;
  }

  /** Throws what the SDK throws. */
  void put(HostRecord record) {
    var s3 = client == null ? open() : client;
    s3.putObject(
        request -> request.bucket(bucket).key(record.key()).contentType("application/json"),
        RequestBody.fromString(record.json().toString()));
  }

  private S3Client open() {
    var builder =
        S3Client.builder()
            .region(Region.of(identity.region()))
            .credentialsProvider(identity.credentials())
            .forcePathStyle(true)
            .overrideConfiguration(
                calls -> calls.apiCallTimeout(LIMIT).addExecutionInterceptor(new NoExpectation()))
            .httpClientBuilder(UrlConnectionHttpClient.builder());
    endpoint.ifPresent(builder::endpointOverride);
    client = builder.build();
    return client;
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
