package io.kodedeploy.simulator.elb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.http.HttpEndpoint;
import io.kodedeploy.simulator.http.HttpExchange;
import io.kodedeploy.simulator.http.HttpHandler;
import io.kodedeploy.simulator.http.ResponseHead;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** An application behind a load balancer: a real listener that answers with its name. */
final class Backend implements AutoCloseable {
  private final String name;
  private final AtomicLong requests = new AtomicLong();
  private final HttpEndpoint endpoint;
  private volatile boolean ready = true;

  private Backend(String name, InetSocketAddress address, HttpHandler handler) throws IOException {
    this.name = name;
    this.endpoint =
        HttpEndpoint.open(
            address,
            exchange -> {
              if (exchange.request().path().equals("/healthz")) {
                health(exchange);
              } else {
                requests.incrementAndGet();
                handler.handle(exchange);
              }
            },
            Duration.ofSeconds(60),
            Duration.ofSeconds(5));
  }

  static Backend open(String name, String address, int port) throws IOException {
    return open(name, address, port, exchange -> answer(exchange, name));
  }

  static Backend open(String name, String address, int port, HttpHandler handler)
      throws IOException {
    return new Backend(name, new InetSocketAddress(address, port), handler);
  }

  static void answer(HttpExchange exchange, String text) throws IOException {
    exchange.respond(
        ResponseHead.of(200, "OK").with("X-Backend", text), (text + "\n").getBytes(UTF_8));
  }

  private void health(HttpExchange exchange) throws IOException {
    exchange.respond(ready ? 200 : 503, ready ? "OK" : "Not Ready", "text/plain", name);
  }

  void ready(boolean changed) {
    ready = changed;
  }

  long requests() {
    return requests.get();
  }

  int port() {
    return endpoint.address().getPort();
  }

  InetSocketAddress address() {
    return endpoint.address();
  }

  @Override
  public void close() {
    endpoint.close();
  }
}
