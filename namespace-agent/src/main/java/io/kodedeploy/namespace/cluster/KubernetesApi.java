package io.kodedeploy.namespace.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Calls to one API server. Address, certificates and credentials (with their renewal) are
 * fabric8's; objects stay generic JSON, because a bundle may hold any kind. The client is built on
 * first use. Safe for many threads.
 */
public final class KubernetesApi implements AutoCloseable {
  /** How the body of a PATCH is meant. */
  public enum Patch {
    APPLY("application/apply-patch+yaml"),
    MERGE("application/merge-patch+json");

    private final String contentType;

    Patch(String contentType) {
      this.contentType = contentType;
    }
  }

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Optional<Duration> NONE = Optional.empty();
  private static final long TIMEOUT_SECONDS = 30;
  private static final String CONTENT_TYPE = "application/json";
  private static final String METADATA =
      "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json";

  private final Connection connection;
  private final boolean ownsConnection;
  private final @Nullable AccountToken token;

  /** Connections to the API server, built on first use; many accounts may share them. */
  static final class Connection implements AutoCloseable {
    private final Supplier<Config> configuration;
    private final ApiTrouble trouble = new ApiTrouble(Clock.systemUTC());
    private @Nullable HttpClient client;
    private volatile String address = "";

    Connection(Supplier<Config> configuration) {
      this.configuration = configuration;
    }

    private synchronized HttpClient client() {
      if (client == null) {
        var config = configuration.get();
        var master = config.getMasterUrl();
        address = master.endsWith("/") ? master.substring(0, master.length() - 1) : master;
        client = new OnVirtualThreads().newBuilder(config).build();
      }
      return client;
    }

    @Override
    public synchronized void close() {
      if (client != null) {
        client.close();
      }
    }
  }

  /**
   * An API server, not called yet.
   *
   * @param configuration read once, at the first call; what it throws is that call's failure
   */
  public KubernetesApi(Supplier<Config> configuration) {
    this(new Connection(configuration), true, null);
  }

  /** As above, with a token that is seen to before each call and sent with it. */
  KubernetesApi(Supplier<Config> configuration, AccountToken token) {
    this(new Connection(configuration), true, token);
  }

  private KubernetesApi(
      Connection connection, boolean ownsConnection, @Nullable AccountToken token) {
    this.connection = connection;
    this.ownsConnection = ownsConnection;
    this.token = token;
  }

  /**
   * Connections that carry no identity: whoever calls over them brings a token. Closed by its
   * maker.
   */
  public static KubernetesApi anonymous(KubernetesConfig cluster) {
    return new KubernetesApi(cluster::readAnonymous);
  }

  /** Another account over the connections of this one, which stay this one's. */
  KubernetesApi as(AccountToken other) {
    return new KubernetesApi(connection, false, other);
  }

  /** Which calls over these connections are waited for. */
  public ApiTrouble trouble() {
    return connection.trouble;
  }

  /** Reads a path. */
  public ApiAnswer get(String path, Map<String, String> query) throws InterruptedException {
    return call("GET", path, query, null, CONTENT_TYPE);
  }

  /** Reads a path. */
  public ApiAnswer get(String path) throws InterruptedException {
    return get(path, Map.of());
  }

  /** Lists the metadata of objects, whatever their content: a Secret's data is not sent. */
  public ApiAnswer metadata(String path, Map<String, String> query) throws InterruptedException {
    return call("GET", path, query, null, METADATA);
  }

  /** Creates an object under the path of its kind. */
  public ApiAnswer post(String path, JsonNode body) throws InterruptedException {
    return post(path, Map.of(), body);
  }

  /** Creates an object, or tries to. */
  public ApiAnswer post(String path, Map<String, String> query, JsonNode body)
      throws InterruptedException {
    return call("POST", path, query, body, CONTENT_TYPE);
  }

  /** Replaces an object; a resourceVersion in it makes the server refuse a lost update. */
  public ApiAnswer put(String path, JsonNode body) throws InterruptedException {
    return call("PUT", path, Map.of(), body, CONTENT_TYPE);
  }

  /** Patches an object, or applies it. */
  public ApiAnswer patch(String path, Map<String, String> query, Patch kind, JsonNode body)
      throws InterruptedException {
    return call("PATCH", path, query, body, kind.contentType);
  }

  /** Deletes an object with these options. */
  public ApiAnswer delete(String path, JsonNode options) throws InterruptedException {
    return call("DELETE", path, Map.of(), options, CONTENT_TYPE);
  }

  /** The end of a container's log, as text; empty when it cannot be had. */
  public String log(String podPath, Map<String, String> query) throws InterruptedException {
    var answer = send("GET", podPath + "/log", query, null, CONTENT_TYPE);
    return answer.code() == 200 ? answer.text() : "";
  }

  /**
   * A container's log as it is written, until the container ends; nothing when there is none. The
   * caller closes it, from another thread too.
   */
  public Optional<InputStream> follow(String podPath, Map<String, String> query)
      throws InterruptedException {
    var http = connection.client();
    var path = podPath + "/log";
    var request =
        authorized(http.newHttpRequestBuilder())
            .uri(connection.address + path + queryText(query))
            .header("Accept", "*/*")
            .build();
    var sent = http.sendAsync(request, InputStream.class);
    try {
      var response = sent.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      if (response.code() == 200) {
        return Optional.of(response.body());
      }
      response.body().close();
      return Optional.empty();
    } catch (ExecutionException e) {
      throw unreachable("GET", path, e.getCause());
    } catch (TimeoutException | IOException e) {
      sent.cancel(true);
      throw unreachable("GET", path, e);
    } catch (InterruptedException e) {
      sent.cancel(true);
      throw e;
    }
  }

  private ApiAnswer call(
      String method,
      String path,
      Map<String, String> query,
      @Nullable JsonNode body,
      String contentType)
      throws InterruptedException {
    var answer = send(method, path, query, body, contentType);
    try {
      return new ApiAnswer(answer.code(), JSON.readTree(answer.text()));
    } catch (JacksonException e) {
      if (answer.code() >= 400) { // a proxy, or a path the server does not know
        return new ApiAnswer(answer.code(), JsonNodeFactory.instance.objectNode());
      }
      throw new AgentException(
          ErrorCode.CLUSTER_UNREACHABLE,
          method + " " + path + " at " + connection.address + ": the answer is not JSON");
    }
  }

  private record TextAnswer(int code, String text, @Nullable String retryAfter) {}

  /** Sends, again and again while {@link PutOff} says so. */
  private TextAnswer send(
      String method,
      String path,
      Map<String, String> query,
      @Nullable JsonNode body,
      String contentType)
      throws InterruptedException {
    var call = method + " " + path;
    var putOff = new PutOff();
    while (true) {
      try {
        var answer = sendAuthorized(method, path, query, body, contentType);
        var wait = putOff.after(answer.code(), answer.retryAfter());
        if (answer.code() != 429 && answer.code() < 500) {
          connection.trouble.answered(call);
        } else {
          connection.trouble.failed(call, call + ": HTTP " + answer.code() + asked(answer), false);
        }
        if (wait.isEmpty()) {
          return answer;
        }
        Thread.sleep(wait.get());
      } catch (AgentException e) {
        if (e.code() != ErrorCode.CLUSTER_UNREACHABLE) {
          throw e;
        }
        connection.trouble.failed(call, String.valueOf(e.getMessage()), true);
        var wait = e.getCause() instanceof IOException ? putOff.afterFailure() : NONE;
        if (wait.isEmpty()) {
          throw e;
        }
        Thread.sleep(wait.get());
      }
    }
  }

  private static String asked(TextAnswer answer) {
    return answer.retryAfter() == null
        ? ""
        : ", to be repeated after " + answer.retryAfter() + " s";
  }

  private TextAnswer sendAuthorized(
      String method,
      String path,
      Map<String, String> query,
      @Nullable JsonNode body,
      String contentType)
      throws InterruptedException {
    if (token == null) {
      return sendOnce(method, path, query, body, contentType);
    }
    token.ensure();
    var used = token.current();
    var answer = sendOnce(method, path, query, body, contentType);
    if (answer.code() != 401) {
      return answer;
    }
    token.refused(used); // the account was made again, or the server's keys changed
    token.ensure();
    return sendOnce(method, path, query, body, contentType);
  }

  private TextAnswer sendOnce(
      String method,
      String path,
      Map<String, String> query,
      @Nullable JsonNode body,
      String contentType)
      throws InterruptedException {
    var http = connection.client();
    var request =
        authorized(http.newHttpRequestBuilder())
            .uri(connection.address + path + queryText(query))
            .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .header("Accept", accepted(path, contentType))
            .method(method, contentType, body == null ? null : body.toString())
            .build();
    var sent = http.sendAsync(request, byte[].class);
    try {
      var response = sent.get(TIMEOUT_SECONDS + 5, TimeUnit.SECONDS);
      var bytes = response.body() == null ? new byte[0] : response.body();
      return new TextAnswer(
          response.code(),
          new String(bytes, StandardCharsets.UTF_8),
          response.header("Retry-After"));
    } catch (ExecutionException e) {
      throw unreachable(method, path, e.getCause());
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw unreachable(method, path, e);
    } catch (InterruptedException e) {
      sent.cancel(true);
      throw e;
    }
  }

  private HttpRequest.Builder authorized(HttpRequest.Builder request) {
    return token == null ? request : request.header("Authorization", "Bearer " + token.current());
  }

  private static String accepted(String path, String contentType) {
    return path.endsWith("/log") ? "*/*" : contentType.equals(METADATA) ? METADATA : CONTENT_TYPE;
  }

  private AgentException unreachable(String method, String path, @Nullable Throwable cause) {
    var reason =
        cause == null
            ? "no answer"
            : cause instanceof TimeoutException
                ? "no answer within " + TIMEOUT_SECONDS + " s"
                : cause.getClass().getSimpleName()
                    + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
    return new AgentException(
        ErrorCode.CLUSTER_UNREACHABLE,
        method + " " + path + " at " + connection.address + ": " + reason,
        cause);
  }

  /** Spares the many changes between platform threads that each answer costs otherwise. */
  private static final class OnVirtualThreads extends JdkHttpClientFactory {
    @Override
    protected void additionalConfig(java.net.http.HttpClient.Builder builder) {
      builder.executor(
          Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("kubernetes-", 1).factory()));
    }
  }

  private static String queryText(Map<String, String> query) {
    var text = new StringBuilder();
    new TreeMap<>(query)
        .forEach(
            (name, value) ->
                text.append(text.isEmpty() ? '?' : '&')
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return text.toString();
  }

  @Override
  public void close() {
    if (ownsConnection) {
      connection.close();
    }
  }
}
