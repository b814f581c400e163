package io.kodedeploy.node.traffic;

import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.json.Json;
import io.kodedeploy.core.store.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What was found out at a deployment's first command. Kept in the deployment's folder, so that one
 * deployment is carried out in one mode whatever happens to group, rights or agent meanwhile.
 *
 * @param firstEvent the event of the first command
 * @param group who moves traffic
 */
record DeploymentTraffic(LifecycleEvent firstEvent, GroupTraffic group) {
  /** Whether CodeDeploy switches traffic: the deployment has the traffic events then. */
  boolean controlled() {
    return firstEvent.equals(LifecycleEvent.BEFORE_BLOCK_TRAFFIC)
        || (group instanceof GroupTraffic.Known known && known.controlled());
  }

  private static Path file(Path deployment) {
    return deployment.resolve("kodedeploy-traffic.json");
  }

  /** What the folder holds. */
  static Optional<DeploymentTraffic> read(Path deployment) {
    try {
      return AtomicFiles.read(file(deployment)).map(DeploymentTraffic::parse);
    } catch (IOException | JacksonException e) {
      throw new AgentException(
          ErrorCode.STATE_INVALID, "cannot read " + file(deployment) + ": " + e, e);
    }
  }

  void write(Path deployment) {
    try {
      AtomicFiles.write(file(deployment), text());
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.STATE_WRITE_FAILED, "cannot write " + file(deployment) + ": " + e, e);
    }
  }

  private static DeploymentTraffic parse(String text) {
    JsonNode root = Json.read(text);
    var first = LifecycleEvent.of(root.required("firstEvent").stringValue());
    if (root.has("denied")) {
      return new DeploymentTraffic(
          first, new GroupTraffic.Denied(root.required("denied").stringValue()));
    }
    var groups = new ArrayList<TargetGroupRef>();
    root.required("targetGroups").forEach(g -> groups.add(TargetGroupRef.of(g.stringValue())));
    return new DeploymentTraffic(
        first, new GroupTraffic.Known(root.required("controlled").booleanValue(), groups));
  }

  private String text() {
    var root = Json.object();
    root.put("firstEvent", firstEvent.name());
    switch (group) {
      case GroupTraffic.Denied(var reason) -> root.put("denied", reason);
      case GroupTraffic.Known(var controlled, var groups) -> {
        root.put("controlled", controlled);
        var names = root.putArray("targetGroups");
        groups.forEach(g -> names.add(g.toString()));
      }
    }
    return Json.pretty(root) + "\n";
  }
}
