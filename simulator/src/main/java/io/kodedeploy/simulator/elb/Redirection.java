package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.HttpExchange;
import io.kodedeploy.simulator.http.ResponseHead;
import java.io.IOException;
import java.util.Locale;

/** Answers of redirect actions. */
final class Redirection {
  private Redirection() {}

  static void answer(HttpExchange exchange, RuleAction.Redirect redirect, int listenerPort)
      throws IOException {
    var head =
        ResponseHead.of(redirect.status(), redirect.status() == 301 ? "Moved Permanently" : "Found")
            .with("Server", "awselb/2.0")
            .with("Location", location(exchange, redirect, listenerPort));
    exchange.respond(head, new byte[0]);
  }

  private static String location(
      HttpExchange exchange, RuleAction.Redirect redirect, int listenerPort) {
    var request = exchange.request();
    var authority = request.authority().orElse("");
    int colon = authority.lastIndexOf(':');
    var host = colon < 0 ? authority : authority.substring(0, colon);
    var path = request.path().substring(1);
    var text =
        redirect.protocol()
            + "://"
            + redirect.host()
            + ":"
            + redirect.port()
            + (redirect.path().startsWith("/") ? "" : "/")
            + redirect.path()
            + (redirect.query().isEmpty() ? "" : "?" + redirect.query());
    var filled =
        text.replace("#{protocol}", "http")
            .replace("#{host}", host)
            .replace("#{port}", Integer.toString(listenerPort))
            .replace("#{path}", path)
            .replace("#{query}", request.query());
    var scheme = filled.substring(0, filled.indexOf(':')).toLowerCase(Locale.ROOT);
    var rest = filled.substring(filled.indexOf(':'));
    return scheme + (rest.endsWith("?") ? rest.substring(0, rest.length() - 1) : rest);
  }
}
