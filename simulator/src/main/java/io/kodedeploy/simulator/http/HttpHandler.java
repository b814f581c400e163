package io.kodedeploy.simulator.http;

import java.io.IOException;

/** Answers requests; called on a virtual thread of the connection's own. */
@FunctionalInterface
public interface HttpHandler {

  /**
   * Answers one request.
   *
   * @throws IOException if a peer is gone: the client's connection is closed then
   */
  void handle(HttpExchange exchange) throws IOException;
}
