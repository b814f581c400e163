package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** An application with its groups and revisions. Guarded by the lock of {@link State}. */
final class Application {
  final String id = UUID.randomUUID().toString();
  final Instant createTime;
  final Map<Revision, RegisteredRevision> revisions = new LinkedHashMap<>();
  final Map<String, DeploymentGroup> groups = new TreeMap<>();
  final Map<String, String> tags = new TreeMap<>();
  String name;

  Application(String name, Instant createTime) {
    this.name = name;
    this.createTime = createTime;
  }

  ObjectNode json() {
    return Json.object()
        .put("applicationId", id)
        .put("applicationName", name)
        .put("createTime", Json.time(createTime))
        .put("linkedToGitHub", false)
        .put("computePlatform", "Server");
  }

  DeploymentGroup requireGroup(String group) {
    var found = groups.get(group);
    if (found == null) {
      throw Refusal.of(
          "DeploymentGroupDoesNotExist", "No Deployment Group found for name: " + group);
    }
    return found;
  }
}
