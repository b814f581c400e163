package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What an application knows of one revision. Guarded by the lock of {@link State}. */
final class RegisteredRevision {
  final Instant registerTime;
  String description;
  @Nullable Instant firstUsedTime;
  @Nullable Instant lastUsedTime;

  RegisteredRevision(Instant registerTime, String description) {
    this.registerTime = registerTime;
    this.description = description;
  }

  void used(Instant time) {
    if (firstUsedTime == null) {
      firstUsedTime = time;
    }
    lastUsedTime = time;
  }

  ObjectNode json(Application application, Revision revision) {
    var node = Json.object();
    if (!description.isEmpty()) {
      node.put("description", description);
    }
    node.set("deploymentGroups", Json.array(groups(application, revision)));
    if (firstUsedTime != null) {
      node.put("firstUsedTime", Json.time(firstUsedTime));
    }
    if (lastUsedTime != null) {
      node.put("lastUsedTime", Json.time(lastUsedTime));
    }
    return node.put("registerTime", Json.time(registerTime));
  }

  /** The groups that have this revision as their target. */
  static Set<String> groups(Application application, Revision revision) {
    var names = new TreeSet<String>();
    for (var group : application.groups.values()) {
      if (group.targetRevision().filter(revision::equals).isPresent()) {
        names.add(group.name);
      }
    }
    return names;
  }
}
