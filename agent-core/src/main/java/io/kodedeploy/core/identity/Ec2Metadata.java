package io.kodedeploy.core.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instance metadata service (host-agent.md section 2.3), version 2 first. Never through a
 * proxy. The token is kept for the life of this object. Safe for many threads; each lookup blocks,
 * at worst for three attempts.
 */
public final class Ec2Metadata {
  private static final Logger log = LoggerFactory.getLogger(Ec2Metadata.class);
  private static final URI DEFAULT_ENDPOINT = URI.create("http://169.254.169.254");
  private static final Duration CONNECT = Duration.ofSeconds(1);
  private static final Duration READ = Duration.ofSeconds(10);
  private static final List<Duration> PAUSES =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(2));

  /** Waits; replaced in tests. */
  @FunctionalInterface
  interface Pause {
    void forDuration(Duration duration) throws InterruptedException;
  }

  private final URI endpoint;
  private final boolean versionOneDisabled;
  private final Pause pause;
  private @Nullable String token; // guarded by this

  /** The service at an endpoint without path. */
  Ec2Metadata(URI endpoint, boolean versionOneDisabled, Pause pause) {
    this.endpoint = endpoint;
    this.versionOneDisabled = versionOneDisabled;
    this.pause = pause;
  }

  /**
   * The service as the environment names it: {@code AWS_EC2_METADATA_SERVICE_ENDPOINT}, else the
   * link-local address.
   *
   * @param versionOneDisabled {@code disable_imds_v1}: nothing is asked without a token
   */
  public static Ec2Metadata of(Map<String, String> environment, boolean versionOneDisabled) {
    var endpoint =
        Optional.ofNullable(environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT"))
            .filter(e -> !e.isBlank())
            .map(e -> URI.create(e.endsWith("/") ? e.substring(0, e.length() - 1) : e))
            .orElse(DEFAULT_ENDPOINT);
    return new Ec2Metadata(endpoint, versionOneDisabled, Thread::sleep);
  }

  /** Where it is, for logs. */
  public URI endpoint() {
    return endpoint;
  }

  /**
   * A value that may be missing: any failure is logged and gives nothing.
   *
   * @param path such as {@code /latest/meta-data/services/partition}
   */
  public Optional<String> find(String path) throws InterruptedException {
    try {
      return Optional.of(get(path)).filter(v -> !v.isEmpty());
    } catch (AgentException e) {
      log.atWarn()
          .addKeyValue("path", path)
          .addKeyValue("reason", e.getMessage())
          .log("instance metadata has no such value");
      return Optional.empty();
    }
  }

  /**
   * A value, trimmed.
   *
   * @throws AgentException {@code identity-unavailable} after three attempts
   */
  public String get(String path) throws InterruptedException {
    String used = token(null);
    try {
      return attempts(path, used);
    } catch (Refused e) {
      if (e.status == 401 && used != null) {
        return attemptsOrFail(path, token(used));
      }
      throw e.asAgentException();
    }
  }

  private String attemptsOrFail(String path, @Nullable String token) throws InterruptedException {
    try {
      return attempts(path, token);
    } catch (Refused e) {
      throw e.asAgentException();
    }
  }

  private String attempts(String path, @Nullable String token)
      throws InterruptedException, Refused {
    var headers =
        token == null ? Map.<String, String>of() : Map.of("X-aws-ec2-metadata-token", token);
    for (var wait : PAUSES) {
      try {
        return request("GET", path, headers);
      } catch (Refused e) {
        log.atDebug()
            .addKeyValue("path", path)
            .addKeyValue("reason", e.getMessage())
            .log("instance metadata is asked again");
        if (e.status == 401 && token == null) {
          throw e;
        }
        pause.forDuration(wait);
      }
    }
    return request("GET", path, headers);
  }

  /** The token in use; a new one when there is none or when the one given was refused. */
  private synchronized @Nullable String token(@Nullable String refused) {
    if (token != null && !token.equals(refused)) {
      return token;
    }
    token = null;
    try {
      token =
          request(
              "PUT", "/latest/api/token", Map.of("X-aws-ec2-metadata-token-ttl-seconds", "21600"));
    } catch (Refused e) {
      if (versionOneDisabled) {
        throw new AgentException(
            ErrorCode.IDENTITY_UNAVAILABLE,
            "HTTP error from metadata service to get imdsv2 token. " + e.getMessage(),
            e);
      }
      log.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("IMDSv2 http request failed, falling back to IMDSv1.");
    }
    return token;
  }

  private String request(String method, String path, Map<String, String> headers) throws Refused {
    HttpURLConnection connection = null;
    try {
      connection =
          (HttpURLConnection) endpoint.resolve(path).toURL().openConnection(Proxy.NO_PROXY);
      connection.setRequestMethod(method);
      connection.setConnectTimeout((int) CONNECT.toMillis());
      connection.setReadTimeout((int) READ.toMillis());
      connection.setInstanceFollowRedirects(false);
      headers.forEach(connection::setRequestProperty);
      int status = connection.getResponseCode();
      if (status < 200 || status > 299) {
        throw new Refused(
            "HTTP error from metadata service: "
                + connection.getResponseMessage()
                + ", code "
                + status,
            status,
            null);
      }
      try (var body = connection.getInputStream()) {
        return new String(body.readNBytes(1 << 20), UTF_8).strip();
      }
    } catch (IOException e) {
      throw new Refused(
          "the metadata service at "
              + endpoint
              + " does not answer: "
              + e.getClass().getSimpleName()
              + " "
              + e.getMessage(),
          0,
          e);
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }

  /** One answer that was no success; status 0 when there was no answer. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    Refused(String message, int status, @Nullable Throwable cause) {
      this.status = status;
      super(message, cause);
    }

    private AgentException asAgentException() {
      return new AgentException(ErrorCode.IDENTITY_UNAVAILABLE, String.valueOf(getMessage()), this);
    }
  }
}
