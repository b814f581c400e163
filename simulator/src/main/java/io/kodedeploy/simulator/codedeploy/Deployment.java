package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.Json;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A deployment from its creation to its end. Guarded by the lock of {@link State}. */
final class Deployment {

  enum Status {
    CREATED("Created", false),
    IN_PROGRESS("InProgress", false),
    SUCCEEDED("Succeeded", true),
    FAILED("Failed", true),
    STOPPED("Stopped", true);

    final String wire;
    final boolean terminal;

    Status(String wire, boolean terminal) {
      this.wire = wire;
      this.terminal = terminal;
    }
  }

  /**
   * What was ordered; the group's settings as they were at creation.
   *
   * @param rollback the request's, or the group's
   */
  record Order(
      Revision revision,
      DeploymentConfig config,
      String description,
      boolean ignoreApplicationStopFailures,
      boolean updateOutdatedInstancesOnly,
      String fileExistsBehavior,
      Optional<AutoRollback> rollback,
      String creator,
      String region,
      GroupSettings settings) {}

  /** {@code errorInformation}. */
  record Failure(String code, String message) {}

  final String id;
  final DeploymentGroup group;
  final Order order;
  final Instant createTime;
  final Optional<Revision> previousRevision;
  final ObjectNode rollbackInfo = Json.object();

  /** By target id, ascending. Empty until the fleet is known. */
  final Map<String, Target> targets = new LinkedHashMap<>();

  Status status = Status.CREATED;
  boolean stopping;

  /** Whether the scheduler is looking at it, and whether it must look once more. */
  boolean evaluating;

  boolean changed;
  Optional<Boolean> rollbackOnStop = Optional.empty();
  @Nullable Instant startTime;
  @Nullable Instant completeTime;
  @Nullable Failure failure;
  SimulatorClock.@Nullable Timer deadline;

  Deployment(String id, DeploymentGroup group, Order order, Instant createTime) {
    this.id = id;
    this.group = group;
    this.order = order;
    this.createTime = createTime;
    this.previousRevision = group.targetRevision();
  }

  static ObjectNode style(boolean trafficControl) {
    return Json.object()
        .put("deploymentType", "IN_PLACE")
        .put(
            "deploymentOption",
            trafficControl ? "WITH_TRAFFIC_CONTROL" : "WITHOUT_TRAFFIC_CONTROL");
  }

  int count(Target.Status wanted) {
    return (int) targets.values().stream().filter(t -> t.status == wanted).count();
  }

  Collection<Target> all() {
    return targets.values();
  }

  /** What a group shows of its last deployments. */
  ObjectNode summary() {
    var node =
        Json.object()
            .put("deploymentId", id)
            .put("status", status.wire)
            .put("createTime", Json.time(createTime));
    if (completeTime != null) {
      node.put("endTime", Json.time(completeTime));
    }
    return node;
  }

  /** {@code deploymentInfo} (5.1); members without a value are absent. */
  ObjectNode json(boolean applicationExists) {
    var node = Json.object();
    if (applicationExists) {
      node.put("applicationName", group.application.name);
      node.put("deploymentGroupName", group.name);
    }
    node.put("deploymentConfigName", order.config().name()).put("deploymentId", id);
    previousRevision.ifPresent(r -> node.set("previousRevision", r.json()));
    node.set("revision", order.revision().json());
    node.put("status", status.wire);
    if (failure != null && status.terminal) {
      node.putObject("errorInformation")
          .put("code", failure.code())
          .put("message", failure.message());
    }
    node.put("createTime", Json.time(createTime));
    if (startTime != null) {
      node.put("startTime", Json.time(startTime));
    }
    if (completeTime != null) {
      node.put("completeTime", Json.time(completeTime));
    }
    if (!targets.isEmpty()) {
      node.set("deploymentOverview", overview());
    }
    if (!order.description().isEmpty()) {
      node.put("description", order.description());
    }
    node.put("creator", order.creator())
        .put("ignoreApplicationStopFailures", order.ignoreApplicationStopFailures());
    order.rollback().ifPresent(r -> node.set("autoRollbackConfiguration", r.json()));
    node.put("updateOutdatedInstancesOnly", order.updateOutdatedInstancesOnly());
    node.set("rollbackInfo", rollbackInfo.deepCopy());
    node.set("deploymentStyle", style(order.settings().trafficControl()));
    node.put("instanceTerminationWaitTimeStarted", false);
    order.settings().loadBalancer().ifPresent(b -> node.set("loadBalancerInfo", b.deepCopy()));
    node.put("fileExistsBehavior", order.fileExistsBehavior());
    node.putArray("deploymentStatusMessages");
    return node.put("computePlatform", "Server");
  }

  private ObjectNode overview() {
    return Json.object()
        .put("Pending", count(Target.Status.PENDING))
        .put("InProgress", count(Target.Status.IN_PROGRESS))
        .put("Succeeded", count(Target.Status.SUCCEEDED))
        .put("Failed", count(Target.Status.FAILED))
        .put("Skipped", count(Target.Status.SKIPPED))
        .put("Ready", 0);
  }
}
