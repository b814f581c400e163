package io.kodedeploy.core.observe;

import io.kodedeploy.core.json.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answers of {@code /health/live}, {@code ready}, {@code started} and of {@code /health}, which
 * has all three: 200 or 503, and why, in the JSON of MicroProfile Health, as monitors know it.
 */
final class Probes {
  private static final String ALL = "/health";

  /** What is answered here. */
  static final List<String> PATHS = List.of(ALL, ALL + "/live", ALL + "/ready", ALL + "/started");

  private final AgentHealth health;

  /** An HTTP status and a JSON body. */
  record Answer(int status, String body) {}

  Probes(AgentHealth health) {
    this.health = health;
  }

  /** The answer for one of {@link #PATHS}. */
  Answer answer(String path) {
    var verdicts = new TreeMap<String, Verdict>();
    if (path.equals(ALL)) {
      for (var name : List.of("live", "ready", "started")) {
        verdicts.put(name, verdict(name));
      }
    } else {
      String name = path.substring(ALL.length() + 1);
      verdicts.put(name, verdict(name));
    }
    return answer(verdicts);
  }

  private Verdict verdict(String name) {
    return switch (name) {
      case "live" -> health.live();
      case "ready" -> health.ready();
      case "started" -> health.started();
      default -> throw new IllegalArgumentException("no probe is called " + name);
    };
  }

  private static Answer answer(Map<String, Verdict> verdicts) {
    boolean up = verdicts.values().stream().allMatch(Verdict::up);
    var body = Json.object().put("status", word(up));
    var checks = body.putArray("checks");
    verdicts.forEach(
        (name, verdict) -> {
          var check = checks.addObject().put("name", name).put("status", word(verdict.up()));
          if (!verdict.reasons().isEmpty()) {
            details(check.putObject("data"), verdict);
          }
        });
    return new Answer(up ? 200 : 503, Json.write(body));
  }

  private static void details(ObjectNode data, Verdict verdict) {
    new TreeMap<>(verdict.reasons()).forEach(data::put);
  }

  private static String word(boolean up) {
    return up ? "UP" : "DOWN";
  }
}
