package io.kodedeploy.simulator.conformance;

import io.kodedeploy.simulator.SignedClient;
import io.kodedeploy.simulator.SignedClient.Answer;
import io.kodedeploy.simulator.wire.Json;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.node.ObjectNode;

/** Speaks the agent's side of the protocol and does with each event what the case says. */
public final class ScriptedHost implements AutoCloseable {

  /** An event that a host was given. */
  public record Received(String host, String execution, String event) {}

  private final String name;
  private final String identity;
  private final Map<String, String> script = new ConcurrentHashMap<>();
  private final SignedClient client;
  private final List<Received> journal;
  private final CopyOnWriteArrayList<String> acknowledged = new CopyOnWriteArrayList<>();
  private final CountDownLatch gate;
  private final Thread thread;
  private volatile boolean closing;

  /** Starts to poll; {@code gate} opens what the script holds back. */
  public ScriptedHost(
      String name,
      SignedClient connections,
      Map<String, String> script,
      List<Received> journal,
      CountDownLatch gate) {
    this.name = name;
    this.identity = identity(name);
    this.script.putAll(script);
    this.journal = journal;
    this.gate = gate;
    this.client = connections.as("KEY" + name, name);
    this.thread = Thread.ofVirtual().name("host-" + name).start(this::run);
  }

  /** The host as it calls itself, and as its key signs. */
  public static String identity(String name) {
    return "arn:aws:iam::123456789012:user/" + name;
  }

  void change(Map<String, String> newScript) {
    script.clear();
    script.putAll(newScript);
  }

  boolean hasAcknowledged(String event) {
    return acknowledged.contains(event);
  }

  private void run() {
    try {
      while (!closing) {
        var answer =
            client.commands("PollHostCommand", Json.object().put("HostIdentifier", identity));
        if (answer.body().path("HostCommand") instanceof ObjectNode command) {
          Thread.ofVirtual().name("host-" + name + "-work").start(() -> work(command));
        } else if (answer.status() != 200) {
          return; // refused, as a host is that was deregistered
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (UncheckedIOException e) {
      if (!closing) {
        throw e;
      }
    }
  }

  private void work(ObjectNode command) {
    try {
      carryOut(command);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (UncheckedIOException e) {
      if (!closing) {
        throw e;
      }
    }
  }

  private void carryOut(ObjectNode command) throws InterruptedException {
    var event = command.path("CommandName").stringValue();
    var execution = command.path("DeploymentExecutionId").stringValue();
    var identifier = command.path("HostCommandIdentifier").stringValue();
    journal.add(new Received(name, execution, event));
    var behaviour = script.getOrDefault(event, script.getOrDefault("*", "succeed"));
    var specification =
        client.commands(
            "GetDeploymentSpecification",
            Json.object().put("DeploymentExecutionId", execution).put("HostIdentifier", identity));
    require(specification);
    acknowledge(identifier, behaviour.equals("noop"));
    acknowledged.add(event);
    switch (behaviour) {
      case "noop", "hang" -> {}
      case "gate" -> {
        gate.await();
        complete(identifier, 0);
      }
      case "gate-fail" -> {
        gate.await();
        complete(identifier, 4);
      }
      case "fail" -> complete(identifier, 4);
      case "succeed" -> complete(identifier, 0);
      default -> throw new IllegalArgumentException("unknown behaviour " + behaviour);
    }
  }

  private void acknowledge(String identifier, boolean noop) throws InterruptedException {
    var body = Json.object().put("HostCommandIdentifier", identifier);
    body.putObject("Diagnostics")
        .put("Format", "JSON")
        .put("Payload", "{\"IsCommandNoop\":" + noop + "}");
    require(client.commands("PutHostCommandAcknowledgement", body));
  }

  private void complete(String identifier, int code) throws InterruptedException {
    var diagnostics =
        Json.object()
            .put("error_code", code)
            .put("script_name", code == 0 ? "" : "script.sh")
            .put("message", code == 0 ? "Succeeded: " : "failed with exit code 7")
            .put("log", code == 0 ? "" : "[stderr]" + "boom ".repeat(1000));
    var body =
        Json.object()
            .put("HostCommandIdentifier", identifier)
            .put("CommandStatus", code == 0 ? "Succeeded" : "Failed");
    body.putObject("Diagnostics").put("Format", "JSON").put("Payload", diagnostics.toString());
    require(client.commands("PutHostCommandComplete", body));
  }

  private static void require(Answer answer) {
    if (answer.status() != 200) {
      throw new AssertionError("the command service refused: " + answer);
    }
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    client.close();
  }
}
