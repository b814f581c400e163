package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.manifest.ApplyPlan;
import io.kodedeploy.namespace.manifest.PlannedObject;
import io.kodedeploy.namespace.manifest.Readiness;
import io.kodedeploy.namespace.manifest.ResourceType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Waits until definitions that were just written are served: objects of their kinds follow. */
final class DefinitionsWait {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final KubernetesApi api;
  private final Pause pause;

  DefinitionsWait(KubernetesApi api, Pause pause) {
    this.api = api;
    this.pause = pause;
  }

  /**
   * Waits.
   *
   * @throws AgentException {@code not-ready} when a definition is not established within a minute,
   *     or never will be
   */
  void until(List<PlannedObject> objects, ApplyPlan plan) throws InterruptedException {
    var paths = new LinkedHashMap<PlannedObject, List<String>>();
    for (var object : objects) {
      if (object.key().isDefinition()) {
        paths.put(object, paths(object, plan));
      }
    }
    for (var definition : paths.keySet()) {
      until(definition, paths.get(definition));
    }
  }

  private static List<String> paths(PlannedObject definition, ApplyPlan plan) {
    var spec = definition.json().path("spec");
    var paths = new ArrayList<String>();
    for (var object : plan.objects()) {
      ResourceType type = object.type();
      var path = type.path(object.key().namespace());
      if (type.group().equals(spec.path("group").asString(""))
          && type.plural().equals(spec.path("names").path("plural").asString(""))
          && !paths.contains(path)) {
        paths.add(path);
      }
    }
    return paths;
  }

  private void until(PlannedObject definition, List<String> paths) throws InterruptedException {
    for (var waited = Duration.ZERO; ; waited = waited.plus(LOOK_EVERY)) {
      var live = api.get(definition.path()).orThrow("read " + definition.key());
      var readiness = Readiness.of(live);
      if (readiness instanceof Readiness.Ready && served(paths)) {
        return;
      }
      if (readiness instanceof Readiness.Failed || waited.compareTo(LIMIT) >= 0) {
        throw new AgentException(
            ErrorCode.NOT_READY, definition + " is not served: " + readiness.reason());
      }
      pause.of(LOOK_EVERY);
    }
  }

  private boolean served(List<String> paths) throws InterruptedException {
    for (var path : paths) {
      if (api.get(path, Map.of("limit", "1")).absent()) {
        return false;
      }
    }
    return true;
  }
}
