package io.kodedeploy.simulator.ec2;

import io.kodedeploy.simulator.http.HttpEndpoint;
import io.kodedeploy.simulator.http.HttpExchange;
import io.kodedeploy.simulator.http.RequestHead;
import io.kodedeploy.simulator.http.ResponseHead;
import io.kodedeploy.simulator.time.SimulatorClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Instance metadata of one instance (specification section 10), on a port of the instance's own
 * address. Also answers as a proxy would for {@code http://169.254.169.254/}, since some agents
 * have that address built in and reach us through {@code http_proxy}. Thread-safe.
 */
public final class MetadataEndpoint implements AutoCloseable {
  private static final String TTL = "X-aws-ec2-metadata-token-ttl-seconds";
  private static final String TOKEN = "X-aws-ec2-metadata-token";
  private static final int LONGEST_TTL = 21_600;

  private final MetadataPages pages;
  private final MetadataTokens tokens;
  private final HttpEndpoint endpoint;

  private MetadataEndpoint(MetadataPages pages, SimulatorClock clock) throws IOException {
    this.pages = pages;
    this.tokens = new MetadataTokens(clock);
    this.endpoint =
        HttpEndpoint.open(
            new InetSocketAddress(pages.instance().address(), 0),
            this::handle,
            Duration.ofSeconds(60),
            Duration.ofSeconds(1));
  }

  /** Starts to answer. */
  public static MetadataEndpoint open(MetadataPages pages, SimulatorClock clock) {
    try {
      return new MetadataEndpoint(pages, clock);
    } catch (IOException e) {
      throw new UncheckedIOException("no metadata endpoint on " + pages.instance().address(), e);
    }
  }

  /** Base address, for {@code AWS_EC2_METADATA_SERVICE_ENDPOINT}. */
  public String url() {
    return endpoint.url();
  }

  @Override
  public void close() {
    endpoint.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    var request = exchange.request();
    if (!isForUs(request)) {
      exchange.respond(403, "Forbidden", "text/plain", "this is instance metadata, not a proxy\n");
    } else if (request.path().equals("/latest/api/token")) {
      token(exchange);
    } else if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      refuse(exchange, 405, "Method Not Allowed");
    } else if (!isAdmitted(request)) {
      refuse(exchange, 401, "Unauthorized");
    } else {
      var page = pages.page(request.path());
      if (page.isPresent()) {
        exchange.respond(200, "OK", page.get().contentType(), page.get().text());
      } else {
        refuse(exchange, 404, "Not Found");
      }
    }
  }

  private void token(HttpExchange exchange) throws IOException {
    var request = exchange.request();
    if (!request.method().equals("PUT")) {
      refuse(exchange, 405, "Method Not Allowed");
      return;
    }
    if (request.fields().first("X-Forwarded-For").isPresent()) {
      refuse(exchange, 403, "Forbidden");
      return;
    }
    var lifetime = request.fields().first(TTL).flatMap(MetadataEndpoint::seconds);
    if (lifetime.isEmpty()) {
      refuse(exchange, 400, "Bad Request");
      return;
    }
    var head =
        ResponseHead.of(200, "OK")
            .with("Content-Type", "text/plain")
            .with(TTL, Integer.toString(lifetime.get()));
    exchange.respond(
        head, tokens.issue(Duration.ofSeconds(lifetime.get())).getBytes(StandardCharsets.UTF_8));
  }

  private boolean isAdmitted(RequestHead request) {
    var token = request.fields().first(TOKEN);
    return token
        .map(tokens::isValid)
        .orElseGet(() -> !pages.instance().metadataOptions().tokensRequired());
  }

  private boolean isForUs(RequestHead request) {
    if (!request.isAbsolute()) {
      return true;
    }
    var host = request.authority().orElse("");
    return host.equals("169.254.169.254")
        || host.equals("169.254.169.254:80")
        || host.startsWith(endpoint.address().getAddress().getHostAddress() + ":");
  }

  private static Optional<Integer> seconds(String text) {
    if (!text.matches("[0-9]{1,5}")) {
      return Optional.empty();
    }
    int seconds = Integer.parseInt(text);
    return seconds >= 1 && seconds <= LONGEST_TTL ? Optional.of(seconds) : Optional.empty();
  }

  private static void refuse(HttpExchange exchange, int status, String reason) throws IOException {
    exchange.respond(
        status,
        reason,
        "text/html",
        "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<html><head><title>%d - %s</title></head></html>\n"
            .formatted(status, reason));
  }
}
