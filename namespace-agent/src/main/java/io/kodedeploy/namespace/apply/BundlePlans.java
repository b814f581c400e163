package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.command.StepContext;
import io.kodedeploy.namespace.cluster.ApiDiscovery;
import io.kodedeploy.namespace.manifest.ApplyEntry;
import io.kodedeploy.namespace.manifest.ApplyPlan;
import io.kodedeploy.namespace.manifest.ApplyTarget;
import io.kodedeploy.namespace.manifest.DefinedKinds;
import io.kodedeploy.namespace.manifest.ManifestObject;
import io.kodedeploy.namespace.manifest.ManifestReader;
import io.kodedeploy.namespace.manifest.ObjectKey;
import io.kodedeploy.namespace.manifest.ProtectedUse;
import io.kodedeploy.namespace.manifest.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads the manifests of a bundle and makes the plan of each entry; changes nothing. */
final class BundlePlans {
  private final ApiDiscovery discovery;
  private final ApplyTarget target;
  private final ApplySettings settings;

  BundlePlans(ApiDiscovery discovery, ApplyTarget target, ApplySettings settings) {
    this.discovery = discovery;
    this.target = target;
    this.settings = settings;
  }

  /**
   * The plans of the entries that can be read now, in their order.
   *
   * @throws io.kodedeploy.core.error.AgentException {@code manifest-invalid} with everything that
   *     is wrong; an object that two entries have is refused like one written twice; {@code
   *     agent-protected} when one is the agent's own or would have its identity
   */
  Map<ApplyEntry, ApplyPlan> read(
      List<ApplyEntry> entries, Predicate<ApplyEntry> readable, StepContext context)
      throws InterruptedException {
    var objects = new LinkedHashMap<ApplyEntry, List<ManifestObject>>();
    for (var entry : entries) {
      if (readable.test(entry)) {
        var files = BundleFiles.read(context.archive(), entry, settings.searchPath());
        objects.put(entry, ManifestReader.read(files, target.namespace()));
      }
    }
    refuseTwice(objects);
    var all = objects.values().stream().flatMap(List::stream).toList();
    ProtectedUse.refuse(settings.protection(), all);
    var types = types(all);
    var plans = new LinkedHashMap<ApplyEntry, ApplyPlan>();
    objects.forEach(
        (entry, list) ->
            plans.put(
                entry,
                ApplyPlan.of(
                    list,
                    target,
                    (apiVersion, kind) ->
                        types.getOrDefault(apiVersion + " " + kind, Optional.empty()))));
    return plans;
  }

  private static void refuseTwice(Map<ApplyEntry, List<ManifestObject>> objects) {
    var first = new HashMap<ObjectKey, ManifestObject>();
    var twice = new ArrayList<String>();
    for (var object : objects.values().stream().flatMap(List::stream).toList()) {
      var before = first.putIfAbsent(object.key(), object);
      if (before != null) {
        twice.add(
            object.position()
                + ": "
                + object.key()
                + " stands twice, first at "
                + before.position());
      }
    }
    ManifestReader.throwIfAny(twice);
  }

  /** How the cluster serves each kind, or will serve it by the bundle's own definitions. */
  private Map<String, Optional<ResourceType>> types(List<ManifestObject> objects)
      throws InterruptedException {
    var defined = DefinedKinds.in(objects);
    var types = new HashMap<String, Optional<ResourceType>>();
    for (var object : objects) {
      var name = object.apiVersion() + " " + object.key().kind();
      if (!types.containsKey(name)) {
        var served = discovery.find(object.apiVersion(), object.key().kind());
        types.put(name, served.or(() -> defined.find(object.apiVersion(), object.key().kind())));
      }
    }
    return types;
  }
}
