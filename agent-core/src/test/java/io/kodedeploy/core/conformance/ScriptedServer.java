package io.kodedeploy.core.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/** A peer over a real socket: answers as it is told and remembers what it was asked. */
public final class ScriptedServer implements AutoCloseable {
  private final HttpServer server;
  private final String scheme;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile Function<Request, Answer> script = _ -> new Answer(200, "{}");

  /** What was asked; header names as they came, see {@link #header}. */
  public record Request(
      String method, String path, Map<String, List<String>> headers, String body) {
    public Optional<String> header(String name) {
      return headers.entrySet().stream()
          .filter(e -> e.getKey().equalsIgnoreCase(name))
          .map(e -> e.getValue().getFirst())
          .findFirst();
    }

    /** The operation of the target header. */
    public String operation() {
      String target = header("X-Amz-Target").orElse("");
      return target.substring(target.lastIndexOf('.') + 1);
    }
  }

  /** What is answered; status 0 closes the connection without an answer, -1 never answers. */
  public record Answer(int status, String body, Map<String, String> headers, boolean chunked) {
    public Answer(int status, String body) {
      this(status, body, Map.of(), false);
    }
  }

  /** Starts to listen on a free port of the loopback address. */
  public ScriptedServer() {
    this(Optional.empty());
  }

  /** The same behind TLS. */
  public ScriptedServer(SSLContext tls) {
    this(Optional.of(tls));
  }

  private ScriptedServer(Optional<SSLContext> tls) {
    scheme = tls.isPresent() ? "https" : "http";
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try {
      if (tls.isPresent()) {
        var secure = HttpsServer.create(address, 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls.get()));
        server = secure;
      } else {
        server = HttpServer.create(address, 0);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    var request =
        new Request(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            Map.copyOf(exchange.getRequestHeaders()),
            new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    requests.add(request);
    var answer = script.apply(request);
    if (answer.status() == -1) {
      return;
    }
    if (answer.status() == 0) {
      exchange.close();
      return;
    }
    answer.headers().forEach(exchange.getResponseHeaders()::add);
    byte[] body = answer.body().getBytes(UTF_8);
    exchange.sendResponseHeaders(
        answer.status(), answer.chunked() ? 0 : body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** What it answers from now on. */
  public void answer(Function<Request, Answer> newScript) {
    script = newScript;
  }

  public void answer(int status, String body) {
    answer(_ -> new Answer(status, body));
  }

  public List<Request> requests() {
    return requests;
  }

  public Request last() {
    return requests.getLast();
  }

  public URI url() {
    return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
