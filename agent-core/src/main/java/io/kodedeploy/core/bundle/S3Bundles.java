package io.kodedeploy.core.bundle;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.Revision;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Fetches bundles from Amazon S3 (host-agent.md 7.2). Clients are made on first use; a bucket of
 * another region is found by the answer of its own. Safe for several threads.
 */
final class S3Bundles implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(S3Bundles.class);
  private static final Pattern DNS_WITHOUT_DOTS =
      Pattern.compile("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]");
  private static final Pattern LOCAL = Pattern.compile("localhost|[0-9.]+|\\[.*\\]");

  private final S3Settings settings;
  private final AwsCredentialsProvider credentials;
  private final Supplier<SdkHttpClient> http;
  private final Pause pause;
  private final Map<Boolean, S3Client> clients = new HashMap<>();

  S3Bundles(S3Settings settings, AwsCredentialsProvider credentials) {
    this(settings, credentials, Thread::sleep);
  }

  S3Bundles(S3Settings settings, AwsCredentialsProvider credentials, Pause pause) {
    this(settings, credentials, () -> httpClient(settings), pause);
  }

  S3Bundles(
      S3Settings settings,
      AwsCredentialsProvider credentials,
      Supplier<SdkHttpClient> http,
      Pause pause) {
    this.pause = pause;
    this.settings = settings;
    this.credentials = credentials;
    this.http = http;
  }

  /**
   * Streams the object into a file, replacing it.
   *
   * @param arrival hears of it only while the ETag is the expected one
   * @return the ETag of the answer
   * @throws AgentException with {@link ErrorCode#BUNDLE_UNAVAILABLE}, {@link
   *     ErrorCode#BUNDLE_CHANGED} or {@link ErrorCode#DISK_FULL}
   */
  String fetch(Revision.S3 s3, Path file, Arrival arrival) throws InterruptedException {
    log.atInfo().log(
        "Downloading artifact bundle from bucket '{}' and key '{}', version '{}', etag '{}'",
        s3.bucket(),
        s3.key(),
        s3.version().orElse(""),
        s3.eTag().orElse(""));
    var request = GetObjectRequest.builder().bucket(s3.bucket()).key(s3.key());
    s3.version().ifPresent(request::versionId);
    String eTag;
    try {
      Files.deleteIfExists(file);
      eTag =
          new S3Transfer(
                  client(s3.bucket()),
                  request.build(),
                  file,
                  pause,
                  (size, answered) -> {
                    FreeSpace.require(file.getParent(), size, "the bundle");
                    if (isExpected(s3.eTag(), answered)) {
                      arrival.begins();
                    }
                  },
                  arrival)
              .run();
    } catch (AbortedException | ClosedByInterruptException e) {
      throw new InterruptedException("download was interrupted");
    } catch (IOException | SdkException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("download was interrupted");
      }
      throw unavailable(s3, file, e);
    }
    log.atInfo().log("Download complete from bucket {} and key {}", s3.bucket(), s3.key());
    if (!isExpected(s3.eTag(), eTag)) {
      throw new AgentException(
          ErrorCode.BUNDLE_CHANGED,
          "Expected deployment artifact bundle etag "
              + s3.eTag().orElse("")
              + " but was actually "
              + eTag);
    }
    return eTag;
  }

  private static boolean isExpected(Optional<String> expected, String actual) {
    return expected.isEmpty() || expected.get().replace("\"", "").equals(actual.replace("\"", ""));
  }

  private AgentException unavailable(Revision.S3 s3, Path file, Exception e) {
    if (Failures.isDiskFull(e)) {
      discard(file, e);
      return new AgentException(
          ErrorCode.DISK_FULL, "The disk is (or was) full during the download.", e);
    }
    var text =
        e instanceof S3Exception answer
            ? Optional.ofNullable(answer.awsErrorDetails())
                .map(AwsErrorDetails::errorMessage)
                .filter(message -> !message.isEmpty())
                .orElse("S3 answered with status " + answer.statusCode())
            : Failures.reason(e);
    var advice = e instanceof SdkClientException && cannotConnect(e) ? advice() : "";
    return new AgentException(
        ErrorCode.BUNDLE_UNAVAILABLE,
        "Bundle s3://" + s3.bucket() + "/" + s3.key() + " cannot be read: " + text + advice,
        e);
  }

  /** Makes room again. */
  private static void discard(Path file, Exception cause) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private String advice() {
    return settings.fips()
        ? ". Check that Fips exists in "
            + settings.region()
            + ". Or, try using s3 endpoint override."
        : ". Try using s3 endpoint override.";
  }

  private static boolean cannotConnect(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException
          || cause instanceof UnknownHostException
          || cause instanceof NoRouteToHostException) {
        return true;
      }
    }
    return false;
  }

  private synchronized S3Client client(String bucket) {
    var pathStyle =
        !DNS_WITHOUT_DOTS.matcher(bucket).matches()
            || settings.endpoint().map(URI::getHost).filter(S3Bundles::isLocal).isPresent();
    return clients.computeIfAbsent(pathStyle, this::newClient);
  }

  private static boolean isLocal(String host) {
    return LOCAL.matcher(host).matches();
  }

  private S3Client newClient(boolean pathStyle) {
    var builder =
        S3Client.builder()
            .region(Region.of(settings.region()))
            .credentialsProvider(credentials)
            .httpClient(http.get())
            .forcePathStyle(pathStyle)
            .crossRegionAccessEnabled(true);
    if (settings.endpoint().isPresent()) {
      builder.endpointOverride(settings.endpoint().get());
    } else {
      builder.fipsEnabled(settings.fips());
    }
    return builder.build();
  }

  private static SdkHttpClient httpClient(S3Settings settings) {
    var builder =
        UrlConnectionHttpClient.builder()
            .connectionTimeout(Duration.ofSeconds(15))
            .socketTimeout(settings.readTimeout());
    settings
        .proxy()
        .forHost(host(settings))
        .ifPresent(proxy -> builder.proxyConfiguration(proxy(proxy)));
    return builder.build();
  }

  /** The host that is asked, or the domain it is in. */
  private static String host(S3Settings settings) {
    return settings
        .endpoint()
        .map(URI::getHost)
        .orElseGet(() -> "s3." + settings.region() + ".amazonaws.com");
  }

  private static ProxyConfiguration proxy(URI proxy) {
    var builder = ProxyConfiguration.builder().useSystemPropertyValues(false);
    try {
      builder.endpoint(
          new URI(proxy.getScheme(), null, proxy.getHost(), proxy.getPort(), null, null, null));
    } catch (URISyntaxException e) {
      throw new AgentException(ErrorCode.CONFIGURATION_INVALID, "proxy_uri is not usable", e);
    }
    if (proxy.getUserInfo() != null) {
      var parts = proxy.getUserInfo().split(":", 2);
      builder.username(parts[0]);
      if (parts.length > 1) {
        builder.password(parts[1]);
      }
    }
    return builder.build();
  }

  @Override
  public synchronized void close() {
    for (var client : clients.values()) { // no method reference: linking it would load the client
      client.close();
    }
    clients.clear();
  }
}
