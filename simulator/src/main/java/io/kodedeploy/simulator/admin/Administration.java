package io.kodedeploy.simulator.admin;

import io.kodedeploy.simulator.time.ManualClock;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.AdminRoutes;
import io.kodedeploy.simulator.wire.AdminRoutes.Call;
import io.kodedeploy.simulator.wire.AdminRoutes.Refused;
import io.kodedeploy.simulator.wire.AdminRoutes.Reply;
import io.kodedeploy.simulator.wire.Faults;
import io.kodedeploy.simulator.wire.Faults.Fault;
import io.kodedeploy.simulator.wire.Json;
import io.kodedeploy.simulator.wire.RequestLog;
import io.kodedeploy.simulator.wire.Resettable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reset, health, faults, the record of calls and the clock. */
public final class Administration {
  private final List<Resettable> state;
  private final Faults faults;
  private final RequestLog calls;
  private final SimulatorClock clock;

  /** Resets {@code state} in the given order. */
  public Administration(
      List<Resettable> state, Faults faults, RequestLog calls, SimulatorClock clock) {
    this.state = List.copyOf(state);
    this.faults = faults;
    this.calls = calls;
    this.clock = clock;
  }

  /** Adds the routes. */
  public void register(AdminRoutes routes) {
    routes.add("GET", "/health", _ -> Reply.of(200, Json.object().put("status", "ok")));
    routes.add("POST", "/reset", _ -> reset());
    routes.add("POST", "/faults", this::addFault);
    routes.add("GET", "/faults", _ -> listFaults());
    routes.add("DELETE", "/faults", _ -> clearFaults());
    routes.add("GET", "/requests", this::requests);
    routes.add("GET", "/clock", _ -> time());
    routes.add("POST", "/clock/advance", this::advance);
  }

  private Reply reset() {
    state.forEach(Resettable::reset);
    faults.reset();
    calls.reset();
    return Reply.nothing();
  }

  private Reply addFault(Call call) {
    var body = call.body();
    try {
      var fault =
          new Fault(
              body.path("service").asString(""),
              body.path("operation").asString(""),
              kind(call.text("kind")),
              body.path("count").asInt(1),
              body.path("probability").asDouble(1.0),
              body.path("seed").asLong(1),
              Duration.ofMillis(body.path("latencyMillis").asLong(0)),
              body.path("perSecond").asDouble(0),
              body.path("caller").asString(""));
      faults.add(fault);
      return Reply.of(201, json(fault));
    } catch (IllegalArgumentException e) {
      throw new Refused(400, String.valueOf(e.getMessage()));
    }
  }

  private static Faults.Kind kind(String text) {
    try {
      return Faults.Kind.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw new Refused(
          400, "kind must be throttle, error, latency, lost-reply or expired-credentials");
    }
  }

  private static ObjectNode json(Fault fault) {
    return Json.object()
        .put("service", fault.service())
        .put("operation", fault.operation())
        .put("kind", fault.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("count", fault.count())
        .put("probability", fault.probability())
        .put("seed", fault.seed())
        .put("latencyMillis", fault.latency().toMillis())
        .put("perSecond", fault.perSecond())
        .put("caller", fault.caller());
  }

  private Reply listFaults() {
    var list = Json.array();
    faults.list().forEach(a -> list.add(json(a.fault()).put("struck", a.struck())));
    return Reply.of(200, list);
  }

  private Reply clearFaults() {
    faults.reset();
    return Reply.nothing();
  }

  private Reply requests(Call call) {
    var list = Json.array();
    var service = call.query().get("service").orElse("");
    var operation = call.query().get("operation").orElse("");
    for (var c : calls.calls(service, operation)) {
      list.add(
          Json.object()
              .put("time", c.time().toString())
              .put("answered", c.answered().toString())
              .put("service", c.service())
              .put("operation", c.operation())
              .put("caller", c.caller())
              .put("status", c.status())
              .put("error", c.error()));
    }
    return Reply.of(200, list);
  }

  private Reply time() {
    return Reply.of(200, Json.object().put("now", clock.now().toString()));
  }

  private Reply advance(Call call) {
    if (!(clock instanceof ManualClock manual)) {
      throw new Refused(409, "the clock of this simulator runs by itself");
    }
    var seconds =
        call.body()
            .optional("seconds")
            .filter(JsonNode::isNumber)
            .map(JsonNode::doubleValue)
            .filter(s -> s >= 0)
            .orElseThrow(() -> new Refused(400, "\"seconds\" must be a number, 0 or more"));
    manual.advance(Duration.ofMillis(Math.round(seconds * 1000)));
    return time();
  }
}
