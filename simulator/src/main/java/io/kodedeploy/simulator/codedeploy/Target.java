package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One instance of a deployment. Guarded by the lock of {@link State}. */
final class Target {

  enum Status {
    PENDING("Pending"),
    IN_PROGRESS("InProgress"),
    SUCCEEDED("Succeeded"),
    FAILED("Failed"),
    SKIPPED("Skipped");

    final String wire;

    Status(String wire) {
      this.wire = wire;
    }
  }

  /** One lifecycle event. */
  static final class Event {
    final String name;
    Status status = Status.PENDING;
    @Nullable Instant start;
    @Nullable Instant end;
    @Nullable Diagnostics diagnostics;

    Event(String name) {
      this.name = name;
    }

    ObjectNode json() {
      var node = Json.object().put("lifecycleEventName", name);
      if (diagnostics != null) {
        node.set("diagnostics", diagnostics.json());
      }
      if (start != null) {
        node.put("startTime", Json.time(start));
      }
      if (end != null) {
        node.put("endTime", Json.time(end));
      }
      return node.put("status", status.wire);
    }
  }

  final Deployment deployment;
  final Fleet.Member member;
  final List<Event> events;
  Status status = Status.PENDING;
  Instant lastUpdated;
  boolean attempted;

  /** Ends the wait of the event in progress. */
  SimulatorClock.@Nullable Timer timer;

  Target(Deployment deployment, Fleet.Member member, List<String> events, Instant now) {
    this.deployment = deployment;
    this.member = member;
    this.events = events.stream().map(Event::new).toList();
    this.lastUpdated = now;
  }

  /** The event in progress. */
  Optional<Event> current() {
    return events.stream().filter(e -> e.status == Status.IN_PROGRESS).findFirst();
  }

  Optional<Event> next() {
    return events.stream().filter(e -> e.status == Status.PENDING).findFirst();
  }

  /** Ends the target; what has not begun is skipped. */
  void end(Status result, Instant now) {
    status = result;
    lastUpdated = now;
    for (var event : events) {
      if (event.status == Status.PENDING) {
        event.status = Status.SKIPPED;
        event.end = now;
      }
    }
    cancelTimer();
  }

  void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  ObjectNode json() {
    var node =
        Json.object()
            .put("deploymentId", deployment.id)
            .put("targetId", member.id())
            .put("targetArn", member.arn())
            .put("status", status.wire)
            .put("lastUpdatedAt", Json.time(lastUpdated));
    var list = node.putArray("lifecycleEvents");
    events.forEach(e -> list.add(e.json()));
    return Json.object().put("deploymentTargetType", "InstanceTarget").set("instanceTarget", node);
  }

  /** The deprecated form. */
  ObjectNode summary() {
    var node =
        Json.object()
            .put("deploymentId", deployment.id)
            .put("instanceId", member.arn())
            .put("status", status.wire)
            .put("lastUpdatedAt", Json.time(lastUpdated));
    var list = node.putArray("lifecycleEvents");
    events.forEach(e -> list.add(e.json()));
    return node;
  }
}
