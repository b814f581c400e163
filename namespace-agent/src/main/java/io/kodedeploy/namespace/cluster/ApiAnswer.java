package io.kodedeploy.namespace.cluster;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What the API server answered: an object, or a Status that says why not.
 *
 * @param code HTTP status
 * @param body JSON of the answer
 */
public record ApiAnswer(int code, JsonNode body) {
  /** A cause of a refusal, as the server lists them. */
  public record Cause(String reason, String field, String message) {}

  /** Whether the server did as it was asked. */
  public boolean succeeded() {
    return code >= 200 && code < 300;
  }

  /** Whether the object, or its kind, does not exist. */
  public boolean absent() {
    return code == 404;
  }

  /** Whether another writer or manager is in the way. */
  public boolean conflict() {
    return code == 409;
  }

  /** Whether the account lacks the right. */
  public boolean denied() {
    return code == 401 || code == 403;
  }

  /** Whether the namespace is being deleted, or is not there: nothing more can be made in it. */
  public boolean namespaceEnding() {
    return (code == 403
            && causes().stream().anyMatch(cause -> cause.reason().equals("NamespaceTerminating")))
        || (code == 404 && body.path("details").path("kind").asString("").equals("namespaces"));
  }

  /** The server's own words. */
  public String message() {
    var message = body.path("message").asString("");
    return message.isEmpty() ? "HTTP " + code : message;
  }

  /** The causes that the server lists. */
  public List<Cause> causes() {
    var causes = new ArrayList<Cause>();
    for (var cause : body.path("details").path("causes")) {
      causes.add(
          new Cause(
              cause.path("reason").asString(""),
              cause.path("field").asString(""),
              cause.path("message").asString("")));
    }
    return causes;
  }

  /**
   * The object, or the error of a call that has no business failing.
   *
   * @param what what was tried, for the message: {@code "read ConfigMap/shop/state"}
   * @throws AgentException {@code namespace-ending}, {@code cluster-denied} or {@code
   *     cluster-unreachable}
   */
  public JsonNode orThrow(String what) {
    if (succeeded()) {
      return body;
    }
    throw new AgentException(
        namespaceEnding()
            ? ErrorCode.NAMESPACE_ENDING
            : denied() ? ErrorCode.CLUSTER_DENIED : ErrorCode.CLUSTER_UNREACHABLE,
        "cannot " + what + ": " + message());
  }
}
