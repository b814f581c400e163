package io.kodedeploy.core.observe;

import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.observe.ObserveFeature;
import io.helidon.webserver.observe.health.HealthObserver;
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
                var server = webServer(port, address, health, metrics, status);
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
      int port, String address, AgentHealth health, AgentMetrics metrics, Supplier<JsonNode> status)
      throws UnknownHostException {
    var observer =
        HealthObserver.builder()
            .useSystemServices(false)
            .details(true)
            .addCheck(check("live", HealthCheckType.LIVENESS, health::live))
            .addCheck(check("ready", HealthCheckType.READINESS, health::ready))
            .addCheck(check("started", HealthCheckType.STARTUP, health::started))
            .build();
    return WebServer.builder()
        .port(port)
        .address(InetAddress.getByName(address))
        .shutdownHook(false)
        .featuresDiscoverServices(false)
        .addFeature(
            ObserveFeature.builder()
                .observersDiscoverServices(false)
                .endpoint("/")
                .addObserver(observer)
                .build())
        .routing(routing -> routes(routing, metrics, status))
        .build()
        .start();
  }

  private static void routes(
      HttpRouting.Builder routing, AgentMetrics metrics, Supplier<JsonNode> status) {
    routing
        .get(
            "/metrics",
            (_, response) ->
                response
                    .header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                    .send(metrics.scrape()))
        .get(
            "/status",
            (_, response) ->
                response
                    .header(HeaderNames.CONTENT_TYPE, "application/json")
                    .send(status.get().toPrettyString()));
  }

  private static HealthCheck check(String name, HealthCheckType type, Supplier<Verdict> verdict) {
    return new HealthCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public HealthCheckType type() {
        return type;
      }

      @Override
      public HealthCheckResponse call() {
        var answer = verdict.get();
        var response = HealthCheckResponse.builder().status(answer.up());
        answer.reasons().forEach(response::detail);
        return response.build();
      }
    };
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
