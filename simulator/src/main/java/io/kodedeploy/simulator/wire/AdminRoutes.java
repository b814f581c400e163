package io.kodedeploy.simulator.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The unsigned administration below {@code /_simulator}. Packages add their routes while the
 * simulator is put together; afterwards it does not change.
 */
public final class AdminRoutes {

  /**
   * A request to the administration.
   *
   * @param path values of the pattern's {@code {names}}
   * @param body the JSON object sent, or an empty one
   */
  public record Call(Map<String, String> path, Parameters query, ObjectNode body) {
    /** A string that must be in the body. */
    public String text(String member) {
      return body.optional(member)
          .filter(JsonNode::isString)
          .map(JsonNode::stringValue)
          .orElseThrow(
              () -> new Refused(400, "the member \"" + member + "\" (a string) is missing"));
    }
  }

  /** Status and JSON; a body that is a missing node is not written. */
  public record Reply(int status, Optional<JsonNode> body) {
    /** With a body. */
    public static Reply of(int status, JsonNode body) {
      return new Reply(status, Optional.of(body));
    }

    /** 204. */
    public static Reply nothing() {
      return new Reply(204, Optional.empty());
    }
  }

  /** Answered as {@code {"error": message}} with the status. */
  public static final class Refused extends RuntimeException {
    private final int status;

    /** A refusal with a 4xx status. */
    public Refused(int status, String message) {
      super(message);
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  /** Carries one request out. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Answers the call.
     *
     * @throws InterruptedException if the simulator is closing
     */
    Reply handle(Call call) throws InterruptedException;
  }

  private record Route(String method, List<String> pattern, Handler handler) {}

  private final List<Route> routes = new ArrayList<>();

  /** Adds a route; the pattern looks like {@code /clusters/{name}/nodes}. */
  public void add(String method, String pattern, Handler handler) {
    routes.add(new Route(method, List.of(pattern.substring(1).split("/", -1)), handler));
  }

  Reply answer(String method, String path, Parameters query, byte[] body)
      throws InterruptedException {
    var parts = List.of(path.substring(1).split("/", -1));
    var known = false;
    for (var route : routes) {
      var values = match(route.pattern(), parts);
      if (values.isPresent()) {
        known = true;
        if (route.method().equals(method)) {
          return call(route.handler(), new Call(values.get(), query, Json.parseObject(body)));
        }
      }
    }
    return known
        ? refusal(405, method + " is not possible here")
        : refusal(404, "the simulator's administration has no " + path);
  }

  private static Reply call(Handler handler, Call call) throws InterruptedException {
    try {
      return handler.handle(call);
    } catch (Refused e) {
      return refusal(e.status(), String.valueOf(e.getMessage()));
    } catch (AwsError e) {
      return refusal(e.status(), e.code() + ": " + e.message());
    }
  }

  private static Reply refusal(int status, String message) {
    return Reply.of(status, Json.object().put("error", message));
  }

  private static Optional<Map<String, String>> match(List<String> pattern, List<String> parts) {
    if (pattern.size() != parts.size()) {
      return Optional.empty();
    }
    var values = new HashMap<String, String>();
    for (int i = 0; i < parts.size(); i++) {
      var want = pattern.get(i);
      if (want.startsWith("{")) {
        values.put(want.substring(1, want.length() - 1), parts.get(i));
      } else if (!want.equals(parts.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(values);
  }
}
