package io.kodedeploy.core.observe;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.kodedeploy.core.json.Json;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Health, metrics and status of an agent over HTTP. It starts on a thread of its own, because the
 * first poll must not wait for it.
 */
public final class ObserveServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ObserveServer.class);
  private static final String JSON = "application/json";

  private final CompletableFuture<WebServer> server;

  private ObserveServer(CompletableFuture<WebServer> server) {
    this.server = server;
  }

  /**
   * Starts to listen and returns at once. A port that cannot be bound is logged as an error; the
   * agent works without its probes then and Kubernetes decides.
   *
   * @param port 0 for any free one
   * @param status asked at every request of {@code /status}
   */
  public static ObserveServer start(
      int port,
      String address,
      AgentHealth health,
      AgentMetrics metrics,
      Supplier<JsonNode> status) {
    var started = new CompletableFuture<WebServer>();
    Thread.ofPlatform()
        .name("observe-start")
        .daemon()
        .start(
            () -> {
              try {
                var place = InetAddress.getByName(address);
                var server =
                    ClassPath.hidden(() -> webServer(port, place, health, metrics, status));
                log.atInfo()
                    .addKeyValue("address", address)
                    .addKeyValue("port", server.port())
                    .log("health, metrics and status are served");
                started.complete(server);
              } catch (UnknownHostException | RuntimeException e) {
                log.atError()
                    .setCause(e)
                    .addKeyValue("address", address)
                    .addKeyValue("port", port)
                    .log("health, metrics and status cannot be served");
                started.completeExceptionally(e);
              }
            });
    return new ObserveServer(started);
  }

  private static WebServer webServer(
      int port,
      InetAddress address,
      AgentHealth health,
      AgentMetrics metrics,
      Supplier<JsonNode> status) {
    LeanHelidon.prepare();
    return WebServer.builder()
        .port(port)
        .address(address)
        .shutdownHook(false)
        .featuresDiscoverServices(false)
        .protocolsDiscoverServices(false)
        .addConnectionSelector(
            Http1ConnectionSelector.builder().config(Http1Config.create()).build())
        .routing(routing -> routes(routing, health, metrics, status))
        .build()
        .start();
  }

  private static void routes(
      HttpRouting.Builder routing,
      AgentHealth health,
      AgentMetrics metrics,
      Supplier<JsonNode> status) {
    var probes = new Probes(health);
    for (var path : Probes.PATHS) {
      routing
          .get(path, (_, response) -> probe(response, probes.answer(path)))
          .head(path, (_, response) -> response.status(probes.answer(path).status()).send());
    }
    routing
        .get(
            "/metrics",
            (_, response) ->
                response
                    .header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                    .send(ClassPath.visible(metrics::scrape)))
        .get(
            "/status",
            (_, response) ->
                response
                    .header(HeaderNames.CONTENT_TYPE, JSON)
                    .send(Json.pretty(ClassPath.visible(status))));
  }

  private static void probe(ServerResponse response, Probes.Answer answer) {
    response
        .status(answer.status())
        .header(HeaderNames.CONTENT_TYPE, JSON)
        .header(HeaderNames.CACHE_CONTROL, "no-cache")
        .send(answer.body());
  }

  /** The port it listens on; waits until it does. */
  public int port() {
    return server.join().port();
  }

  /** Stops listening; waits for a start that is under way. */
  @Override
  public void close() {
    try {
      server.join().stop();
    } catch (CompletionException e) {
      log.atDebug().setCause(e).log("nothing to stop: the server never started");
    }
  }
}
