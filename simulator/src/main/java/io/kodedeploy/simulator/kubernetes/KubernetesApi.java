package io.kodedeploy.simulator.kubernetes;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.Parameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** The API server of one cluster: HTTP, the bearer token, and the way to the verbs. */
final class KubernetesApi implements AutoCloseable {
  /** What the API claims to be. */
  static final String VERSION = "v1.34.4";

  private static final Logger log = LoggerFactory.getLogger(KubernetesApi.class);
  private static final Duration WATCH_LIMIT = Duration.ofMinutes(30);

  private final ObjectStore store;
  private final ApiVerbs verbs;
  private final Reviews reviews;
  private final SimulatorClock clock;
  private final String token;
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private final WebServer server;
  private volatile boolean closing;

  KubernetesApi(ObjectStore store, ApiVerbs verbs, SimulatorClock clock, String token) {
    this.store = store;
    this.verbs = verbs;
    this.clock = clock;
    this.token = token;
    reviews = new Reviews(store, clock, token);
    server =
        WebServer.builder()
            .host("127.0.0.1")
            .port(0)
            .useNio(false)
            .connectionOptions(options -> options.tcpNoDelay(true))
            .idleConnectionTimeout(Duration.ofMinutes(10))
            .shutdownGracePeriod(Duration.ofMillis(500))
            .shutdownHook(false)
            .routing(routing -> routing.any(this::handle))
            .build()
            .start();
  }

  int port() {
    return server.port();
  }

  private void handle(ServerRequest request, ServerResponse response)
      throws IOException, InterruptedException {
    var path =
        URLDecoder.decode(
            request.prologue().uriPath().rawPath().replace("+", "%2B"), StandardCharsets.UTF_8);
    try {
      if (path.equals("/healthz") || path.equals("/readyz") || path.equals("/livez")) {
        response
            .header(HeaderNames.CONTENT_TYPE, "text/plain")
            .send("ok".getBytes(StandardCharsets.UTF_8));
        return;
      }
      // kubectl never sends a token over plain HTTP (client-go, clientcmd: "only try to read the
      // auth information if we are secure"), so none at all is taken for the administrator.
      var authorization = header(request, "Authorization");
      if (!authorization.isEmpty() && !authorization.equals("Bearer " + token)) {
        throw new StatusException(401, "Unauthorized", "Unauthorized");
      }
      if (wantsWebSocket(request)) {
        send(response, 200, ApiVerbs.success());
        return;
      }
      answer(read(request, path), response);
    } catch (StatusException e) {
      send(response, e.code(), e.toJson());
    } catch (CloseConnectionException | UncheckedIOException e) {
      throw e;
    } catch (RuntimeException e) {
      log.atError().setCause(e).addKeyValue("path", path).log("kubernetes request broke");
      send(response, 500, new StatusException(500, "InternalError", e.toString()).toJson());
    }
  }

  private void answer(ApiRequest request, ServerResponse response)
      throws IOException, InterruptedException {
    var document =
        request.method().equals("GET")
            ? Discovery.at(request.path())
            : java.util.Optional.<ObjectNode>empty();
    if (document.isPresent()) {
      send(response, 200, document.get());
      return;
    }
    var review = reviews.answer(request);
    if (review.isPresent()) {
      send(response, 201, review.get());
      return;
    }
    var path = ApiPath.parse(request.path()).orElseThrow(ApiVerbs::unknownPath);
    if (request.method().equals("GET") && request.flag("watch")) {
      watch(request, path, response);
    } else if (path.subresource().equals("log")) {
      // A virtual pod writes nothing.
      verbs.answer(request, new ApiPath(path.kind(), path.namespace(), path.name(), ""));
      response.header(HeaderNames.CONTENT_TYPE, "text/plain").send(new byte[0]);
    } else {
      var answer = verbs.answer(request, path);
      send(response, answer.status(), answer.body());
    }
  }

  /**
   * Whether a watch is wanted over a WebSocket, which is not spoken here. fabric8 tries that first,
   * and takes a plain 200 for the advice to watch by a hanging GET instead.
   */
  private static boolean wantsWebSocket(ServerRequest request) {
    return header(request, "Upgrade").equalsIgnoreCase("websocket");
  }

  private void watch(ApiRequest request, ApiPath path, ServerResponse response)
      throws IOException, InterruptedException {
    var selector = request.selector();
    var narrowed =
        path.name().isEmpty()
            ? selector
            : selector.and(object -> ObjectTree.name(object).equals(path.name()));
    var limit =
        request.query().get("timeoutSeconds").filter(s -> s.matches("\\d{1,6}")).stream()
            .map(s -> Duration.ofSeconds(Long.parseLong(s)))
            .findFirst()
            .orElse(WATCH_LIMIT);
    var revision = request.query().get("resourceVersion").filter(s -> s.matches("\\d{1,18}"));
    var wanted =
        new Watch.Request(
            path,
            narrowed,
            revision.orElse(""),
            request.flag("allowWatchBookmarks"),
            request.flag("sendInitialEvents"),
            limit);
    var watch =
        new Watch(
            wanted,
            object ->
                request.wantsTable()
                    ? new TableView(clock.now())
                        .of(
                            path.kind(),
                            List.of(object),
                            ObjectTree.text(object, "metadata", "resourceVersion"))
                    : object);
    watches.add(watch);
    watch.register(store);
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    try (var out = response.outputStream()) {
      if (closing) {
        watch.end();
      }
      watch.write(out, store, clock);
    } finally {
      store.unlisten(watch);
      watches.remove(watch);
    }
  }

  private static ApiRequest read(ServerRequest request, String path) throws IOException {
    var query = request.query().rawValue();
    return new ApiRequest(
        request.prologue().method().text(),
        path,
        Parameters.parse(query == null ? "" : query),
        header(request, "Accept"),
        header(request, "Content-Type"),
        header(request, "User-Agent"),
        request.content().inputStream().readAllBytes());
  }

  private static String header(ServerRequest request, String name) {
    return request.headers().first(HeaderNames.create(name)).orElse("");
  }

  private static void send(ServerResponse response, int status, ObjectNode body) {
    var bytes = (body + "\n").getBytes(StandardCharsets.UTF_8);
    response.status(Status.create(status));
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(bytes);
  }

  @Override
  public void close() {
    closing = true;
    watches.forEach(Watch::end);
    server.stop();
  }
}
