package io.kodedeploy.simulator.wire;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The listening port: administration below {@code /_simulator}, AWS everywhere else. */
public final class Front implements AutoCloseable {
  private static final String ADMIN = "/_simulator";

  /** A body is asked for when it is read; keys of S3 may be any path. */
  private static final Http1Config HTTP =
      Http1Config.builder()
          .continueImmediately(false)
          .validatePath(false)
          .maxHeadersSize(64 * 1024)
          .build();

  private final Set<Thread> handlers = ConcurrentHashMap.newKeySet();
  private final Dispatcher dispatcher;
  private final AdminRoutes admin;
  private final WebServer server;
  private volatile boolean closing;

  private Front(String address, int port, Dispatcher dispatcher, AdminRoutes admin) {
    this.dispatcher = dispatcher;
    this.admin = admin;
    this.server =
        WebServer.builder()
            .host(address)
            .port(port)
            .useNio(false)
            .connectionOptions(options -> options.tcpNoDelay(true))
            .protocolsDiscoverServices(false)
            .addProtocol(HTTP)
            .contentEncoding(new UntouchedBodies())
            .idleConnectionTimeout(Duration.ofMinutes(10))
            .shutdownGracePeriod(Duration.ofMillis(500))
            .shutdownHook(false)
            .routing(routing -> routing.any(this::handle))
            .build()
            .start();
  }

  /** Starts to listen; port 0 takes any free one. */
  public static Front start(String address, int port, Dispatcher dispatcher, AdminRoutes admin) {
    return new Front(address, port, dispatcher, admin);
  }

  /** The port in use. */
  public int port() {
    return server.port();
  }

  private void handle(ServerRequest request, ServerResponse response) {
    handlers.add(Thread.currentThread());
    try {
      if (closing) {
        throw new CloseConnectionException("the simulator is closing");
      }
      var path = request.prologue().uriPath().rawPath();
      var answer =
          path.equals(ADMIN) || path.startsWith(ADMIN + "/")
              ? administration(request, path.substring(ADMIN.length()))
              : dispatcher.answer(incoming(request, path));
      send(response, answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CloseConnectionException("the simulator is closing", e);
    } finally {
      handlers.remove(Thread.currentThread());
    }
  }

  private Dispatcher.Incoming incoming(ServerRequest request, String path) {
    var query = request.query().rawValue();
    return new Dispatcher.Incoming(
        UUID.randomUUID().toString(),
        request.prologue().method().text(),
        path,
        Parameters.parse(query == null ? "" : query),
        headers(request),
        request.content().inputStream(),
        new ClientConnection(request.localPeer().port(), request.remotePeer().port()));
  }

  private static Headers headers(ServerRequest request) {
    var values = new LinkedHashMap<String, List<String>>();
    request.headers().forEach(h -> values.put(h.name(), h.allValues()));
    return new Headers(values);
  }

  private AwsResponse administration(ServerRequest request, String path)
      throws InterruptedException {
    try {
      var query = request.query().rawValue();
      var body = request.content().inputStream().readAllBytes();
      var reply =
          admin.answer(
              request.prologue().method().text(),
              path.isEmpty() ? "/" : path,
              Parameters.parse(query == null ? "" : query),
              body);
      return reply
          .body()
          .map(json -> AwsResponse.bytes(reply.status(), "application/json", Json.write(json)))
          .orElseGet(() -> AwsResponse.empty(reply.status()));
    } catch (AwsError e) {
      var error = Json.object().put("error", e.message());
      return AwsResponse.bytes(e.status(), "application/json", Json.write(error));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(ServerResponse response, AwsResponse answer) {
    response.status(Status.create(answer.status()));
    answer.headers().forEach((name, value) -> response.header(name, value));
    switch (answer.body()) {
      case AwsResponse.Body.Bytes(var bytes) -> {
        if (answer.status() != 204) {
          response.contentLength(bytes.length);
        }
        response.send(bytes);
      }
      case AwsResponse.Body.LengthOnly(var length) -> {
        response.header(HeaderNames.CONTENT_LENGTH, Long.toString(length));
        response.send();
      }
      case AwsResponse.Body.Stream(var length, var writer) -> {
        response.contentLength(length);
        try (var out = response.outputStream()) {
          writer.writeTo(out);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** Ends long polls at once, then the listener. */
  @Override
  public void close() {
    closing = true;
    handlers.forEach(Thread::interrupt);
    server.stop();
  }
}
