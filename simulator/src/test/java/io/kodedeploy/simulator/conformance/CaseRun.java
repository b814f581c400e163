package io.kodedeploy.simulator.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.kodedeploy.simulator.SignedClient;
import io.kodedeploy.simulator.SignedClient.Answer;
import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import io.kodedeploy.simulator.conformance.ScriptedHost.Received;
import io.kodedeploy.simulator.wire.Caller;
import io.kodedeploy.simulator.wire.Credential;
import io.kodedeploy.simulator.wire.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One case against a simulator of its own on a real port, with a clock that only the case moves.
 * The fixture is that of codedeploy-service.md 12: application {@code app}, instances {@code n1} to
 * {@code nN} tagged {@code env=prod} with scripted hosts, group {@code g}.
 */
final class CaseRun implements AutoCloseable {
  private static final Instant START = Instant.parse("2026-01-05T10:00:00Z");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final JsonNode description;
  private final Simulator simulator;
  private final SignedClient client;
  private final List<Received> journal = new CopyOnWriteArrayList<>();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final Map<String, ScriptedHost> hosts = new HashMap<>();
  private final Variables variables = new Variables();

  CaseRun(JsonNode description) throws InterruptedException {
    this.description = description;
    var names = hostNames(description.path("hosts").asInt(0));
    var settings =
        SimulatorSettings.onAnyPort()
            .withManualClock(START)
            .withCredentials(names.stream().map(CaseRun::credential).toList());
    this.simulator = Simulator.start(settings);
    this.client = SignedClient.administrator(simulator.url());
    fixture(names);
  }

  private static List<String> hostNames(int count) {
    var width = Integer.toString(count).length();
    var form = "n%0" + width + "d";
    return IntStream.rangeClosed(1, count).mapToObj(form::formatted).toList();
  }

  private static Credential credential(String host) {
    var arn = ScriptedHost.identity(host);
    return Credential.longLived("KEY" + host, host, new Caller(arn, "123456789012", "AIDA" + host));
  }

  private void fixture(List<String> names) throws InterruptedException {
    call("CreateApplication", "{applicationName: app}");
    for (var name : names) {
      call(
          "RegisterOnPremisesInstance",
          "{instanceName: %s, iamUserArn: '%s'}".formatted(name, ScriptedHost.identity(name)));
      call(
          "AddTagsToOnPremisesInstances",
          "{instanceNames: [%s], tags: [{Key: env, Value: prod}]}".formatted(name));
    }
    if (description.path("group").asString("").equals("none")) {
      return;
    }
    var group = Variables.group("g");
    description.path("group").propertyStream().forEach(e -> group.set(e.getKey(), e.getValue()));
    require("CreateDeploymentGroup", client.codeDeploy("CreateDeploymentGroup", group));
    for (var name : names) {
      var script = script(scriptOf(name));
      if (!script.containsKey("never-polls")) {
        hosts.put(name, new ScriptedHost(name, client, script, journal, gate));
      }
    }
  }

  /** The host's own script, or the one of {@code all} hosts. */
  private JsonNode scriptOf(String name) {
    var scripts = description.path("script");
    return scripts.has(name) ? scripts.path(name) : scripts.path("all");
  }

  private static Map<String, String> script(JsonNode node) {
    var script = new HashMap<String, String>();
    if (node.isString()) {
      script.put(node.stringValue(), "");
    }
    node.propertyStream().forEach(e -> script.put(e.getKey(), e.getValue().stringValue()));
    return script;
  }

  private Answer call(String operation, String yaml) throws InterruptedException {
    var answer = client.codeDeploy(operation, Cases.parse(yaml));
    require(operation, answer);
    return answer;
  }

  private static void require(String operation, Answer answer) {
    assertThat(answer.status()).as("%s: %s", operation, answer).isEqualTo(200);
  }

  void play() throws InterruptedException {
    for (var step : description.path("steps")) {
      try {
        play((ObjectNode) step);
      } catch (AssertionError e) {
        throw new AssertionError("in step " + step + ": " + e.getMessage(), e);
      }
    }
  }

  private void play(ObjectNode step) throws InterruptedException {
    var kind = step.propertyNames().iterator().next();
    var value = step.path(kind);
    switch (kind) {
      case "call" -> repeatedly(step);
      case "raw" -> check(step, client.call("codedeploy", value.stringValue(), bytes(step)));
      case "until" -> until(value);
      case "deploy" -> deploy((ObjectNode) value);
      case "advance" -> advance(value.doubleValue());
      case "release" -> gate.countDown();
      case "script" -> changeScripts(value);
      case "acknowledged" -> awaitAcknowledged(value);
      case "commands" -> checkCommands(value);
      case "startOrder" -> checkStartOrder(value);
      case "inFlight" -> checkInFlight(value);
      case "elapsed" -> checkElapsed(value);
      default -> throw new IllegalArgumentException("unknown step " + kind);
    }
  }

  private static byte[] bytes(ObjectNode step) {
    return step.path("body").asString("").getBytes(UTF_8);
  }

  private void repeatedly(ObjectNode step) throws InterruptedException {
    var times = step.path("times").asInt(1);
    for (int i = 1; i <= times; i++) {
      variables.put("i", Json.array().add(Integer.toString(i)).get(0));
      var input = variables.fill(step.path("with"));
      check(step, client.codeDeploy(step.path("call").stringValue(), input));
    }
  }

  private void check(ObjectNode step, Answer answer) {
    var error = step.path("error").asString("");
    assertThat(answer.error()).as("%s", answer).isEqualTo(error.isEmpty() ? "" : withSuffix(error));
    if (!error.isEmpty()) {
      assertThat(answer.status()).isEqualTo(400);
    }
    var expected = variables.fill(step.path("expect"));
    if (!expected.isMissingNode()) {
      assertThat(Expectation.differences(expected, answer.body())).as("%s", answer).isEmpty();
    }
    if (step.has("length")) {
      assertThat(answer.length()).isEqualTo(step.path("length").intValue());
    }
    step.path("save")
        .propertyStream()
        .forEach(e -> variables.put(e.getKey(), answer.body().at(e.getValue().stringValue())));
  }

  private static String withSuffix(String error) {
    return error.endsWith("Exception") ? error : error + "Exception";
  }

  private void until(JsonNode step) throws InterruptedException {
    var expected = variables.fill(step.path("expect"));
    await(
        () -> {
          var answer =
              codeDeploy(step.path("call").stringValue(), variables.fill(step.path("with")));
          return Expectation.differences(expected, answer.body());
        });
  }

  /** Creates a deployment, lets it start and, when a status is given, waits for it. */
  private void deploy(ObjectNode order) throws InterruptedException {
    var request = Json.object().put("applicationName", "app").put("deploymentGroupName", "g");
    request.set("revision", variables.get("R1"));
    order
        .propertyStream()
        .filter(e -> !e.getKey().equals("as") && !e.getKey().equals("ends"))
        .forEach(e -> request.set(e.getKey(), variables.fill(e.getValue())));
    var answer = client.codeDeploy("CreateDeployment", request);
    require("CreateDeployment", answer);
    var id = answer.body().path("deploymentId");
    variables.put(order.path("as").asString("d"), id);
    advance(1);
    var status = order.path("ends").asString("");
    if (!status.isEmpty()) {
      var wanted = Json.object();
      wanted.putObject("deploymentInfo").put("status", status);
      await(() -> Expectation.differences(wanted, deployment(id.stringValue())));
    }
  }

  private JsonNode deployment(String id) {
    return codeDeploy("GetDeployment", Json.object().put("deploymentId", id)).body();
  }

  private Answer codeDeploy(String operation, JsonNode body) {
    try {
      return client.codeDeploy(operation, body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void advance(double seconds) throws InterruptedException {
    var answer =
        client.administration("POST", "/clock/advance", Json.object().put("seconds", seconds));
    require("advance", answer);
  }

  private void changeScripts(JsonNode scripts) {
    scripts.propertyStream().forEach(e -> hosts.get(e.getKey()).change(script(e.getValue())));
  }

  private void awaitAcknowledged(JsonNode wanted) throws InterruptedException {
    for (var entry : wanted.properties()) {
      var event = entry.getValue().stringValue();
      await(
          () ->
              hosts.get(entry.getKey()).hasAcknowledged(event)
                  ? List.of()
                  : List.of(entry.getKey() + " has not acknowledged " + event));
    }
  }

  /** How many commands each named host was given so far; {@code all} is their sum. */
  private void checkCommands(JsonNode wanted) {
    wanted
        .propertyStream()
        .forEach(
            e -> {
              var count =
                  journal.stream()
                      .filter(r -> e.getKey().equals("all") || r.host().equals(e.getKey()))
                      .count();
              assertThat(count).as(e.getKey()).isEqualTo(e.getValue().longValue());
            });
  }

  private void checkStartOrder(JsonNode wanted) {
    var id = variables.fill(wanted.path("deployment")).stringValue();
    var order =
        journal.stream()
            .filter(r -> r.execution().endsWith(id) && r.event().equals("ApplicationStop"))
            .map(Received::host)
            .toList();
    assertThat(order).isEqualTo(SignedClient.texts(wanted.path("hosts")));
  }

  /** A host is in flight from its first command until its last one was handed out. */
  private void checkInFlight(JsonNode wanted) {
    var id = variables.fill(wanted.path("deployment")).stringValue();
    var busy = new HashSet<String>();
    var most = 0;
    for (var received : journal) {
      if (received.execution().endsWith(id)) {
        busy.add(received.host());
        most = Math.max(most, busy.size());
        if (received.event().equals("ValidateService")) {
          busy.remove(received.host());
        }
      }
    }
    assertThat(most).isBetween(1, wanted.path("atMost").intValue());
  }

  private void checkElapsed(JsonNode wanted) {
    var id = variables.fill(wanted.path("deployment")).stringValue();
    var info = deployment(id).path("deploymentInfo");
    var seconds = info.path("completeTime").doubleValue() - info.path("createTime").doubleValue();
    assertThat(seconds)
        .isBetween(wanted.path("from").doubleValue(), wanted.path("to").doubleValue());
  }

  /** Looks again until nothing differs; hosts answer in real time whatever the simulated one. */
  private static void await(Supplier<List<String>> differences) throws InterruptedException {
    var end = Instant.now().plus(PATIENCE);
    List<String> last = new ArrayList<>(differences.get());
    while (!last.isEmpty()) {
      if (Instant.now().isAfter(end)) {
        fail("after %s still: %s", PATIENCE, last);
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
      last = differences.get();
    }
  }

  @Override
  public void close() {
    gate.countDown();
    hosts.values().forEach(ScriptedHost::close);
    client.close();
    simulator.close();
  }
}
