package io.kodedeploy.simulator.elb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.http.Framing;
import io.kodedeploy.simulator.http.HttpExchange;
import io.kodedeploy.simulator.http.HttpFields;
import io.kodedeploy.simulator.http.HttpHandler;
import io.kodedeploy.simulator.http.ResponseHead;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries the requests of one listener: rule, target group, target, answer; and counts them. */
final class ListenerTraffic implements HttpHandler {
  private static final Logger log = LoggerFactory.getLogger(ListenerTraffic.class);

  private final LoadBalancer loadBalancer;
  private final TrafficCounters counters;
  private final int port;
  private volatile Routing routing;

  ListenerTraffic(LoadBalancer loadBalancer, int port, Routing routing) {
    this.loadBalancer = loadBalancer;
    this.counters = loadBalancer.counters;
    this.port = port;
    this.routing = routing;
  }

  /** Requests that come from now on follow these rules, on whatever connection. */
  void follow(Routing changed) {
    routing = changed;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    counters.request();
    switch (routing.route(exchange.request())) {
      case Routing.Decision.ToGroups(var choice) -> forward(exchange, choice.next());
      case Routing.Decision.Answer(var fixed) -> answer(exchange, fixed);
      case Routing.Decision.Elsewhere(var redirect) -> Redirection.answer(exchange, redirect, port);
    }
  }

  private void forward(HttpExchange exchange, Optional<TargetGroup> group) throws IOException {
    var acquired = group.flatMap(TargetGroup::acquire);
    if (acquired.isEmpty()) {
      fail(exchange, FailureCause.NO_TARGET, group.map(TargetGroup::name).orElse(""));
      return;
    }
    try (var lease = acquired.get()) {
      counters.sentTo(lease.group().name());
      var failure =
          new Forwarder(exchange, lease, fields(exchange), loadBalancer.idleTimeout()).forward();
      if (failure.isPresent()) {
        fail(exchange, failure.get(), lease.target().address().toString());
      }
    } catch (ClientGone e) {
      counters.clientAbort();
      throw e;
    }
  }

  private void fail(HttpExchange exchange, FailureCause cause, String where) throws IOException {
    counters.failure(cause);
    log.atDebug()
        .addKeyValue("cause", cause.id())
        .addKeyValue("target", where)
        .log("request failed");
    if (!exchange.isAnswered()) {
      var title = cause.status() + " " + cause.reason();
      var page =
          "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n</body>\r\n</html>\r\n"
              .formatted(title, title);
      exchange.respond(
          own(cause.status(), cause.reason()).with("Content-Type", "text/html"),
          page.getBytes(UTF_8));
    }
  }

  private void answer(HttpExchange exchange, RuleAction.FixedResponse fixed) throws IOException {
    var head = own(fixed.status(), "");
    fixed.contentType().ifPresent(type -> head.with("Content-Type", type));
    exchange.respond(head, fixed.body().orElse("").getBytes(UTF_8));
  }

  private HttpFields fields(HttpExchange exchange) {
    var fields = HopByHop.without(exchange.request().fields());
    if (exchange.framing() instanceof Framing.Chunked) {
      fields.set("Transfer-Encoding", "chunked");
    }
    var client = exchange.client().getAddress().getHostAddress();
    var before = String.join(", ", fields.all("X-Forwarded-For"));
    fields.set("X-Forwarded-For", before.isEmpty() ? client : before + ", " + client);
    fields.set("X-Forwarded-Proto", "http");
    fields.set("X-Forwarded-Port", Integer.toString(port));
    if (fields.first("X-Amzn-Trace-Id").isEmpty()) {
      fields.add("X-Amzn-Trace-Id", traceId());
    }
    return fields;
  }

  /** {@code Root=1-TIME-UNIQUE}: 8 and 24 hex digits. */
  private static String traceId() {
    var unique = new byte[12];
    ThreadLocalRandom.current().nextBytes(unique);
    var hex = HexFormat.of();
    return "Root=1-"
        + hex.toHexDigits((int) (System.currentTimeMillis() / 1000))
        + "-"
        + hex.formatHex(unique);
  }

  private static ResponseHead own(int status, String reason) {
    return ResponseHead.of(status, reason).with("Server", "awselb/2.0");
  }
}
