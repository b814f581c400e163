package io.kodedeploy.namespace.apply;

import io.kodedeploy.namespace.apply.Change.Action;
import io.kodedeploy.namespace.cluster.ApiDiscovery;
import io.kodedeploy.namespace.cluster.Inventories;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.manifest.ApplyPlan;
import io.kodedeploy.namespace.manifest.ApplyPlan.StagePlan;
import io.kodedeploy.namespace.manifest.ManifestObject;
import io.kodedeploy.namespace.manifest.ObjectKey;
import io.kodedeploy.namespace.manifest.PlannedObject;
import io.kodedeploy.namespace.manifest.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes the objects of one application, stage by stage. A stage is tried as a whole before
 * anything in it is written, and only what differs is written.
 */
final class Applier {
  private final KubernetesApi api;
  private final Inventories inventories;
  private final String application;
  private final Consumer<String> log;

  Applier(KubernetesApi api, Inventories inventories, String application, Consumer<String> log) {
    this.api = api;
    this.inventories = inventories;
    this.application = application;
    this.log = log;
  }

  /**
   * Makes the plan: asks the cluster how it serves each kind.
   *
   * @throws io.kodedeploy.core.error.AgentException {@code manifest-invalid} for unknown and
   *     cluster-wide kinds
   */
  ApplyPlan plan(List<ManifestObject> objects) throws InterruptedException {
    var discovery = new ApiDiscovery(api);
    var types = new HashMap<String, Optional<ResourceType>>();
    for (var object : objects) {
      var name = object.apiVersion() + " " + object.key().kind();
      if (!types.containsKey(name)) {
        types.put(name, discovery.find(object.apiVersion(), object.key().kind()));
      }
    }
    return ApplyPlan.of(
        objects,
        application,
        (apiVersion, kind) -> types.getOrDefault(apiVersion + " " + kind, Optional.empty()));
  }

  /**
   * Writes what differs.
   *
   * @param force take fields over from other managers
   * @throws io.kodedeploy.core.error.AgentException {@code apply-conflict} or {@code
   *     apply-refused}; nothing of the stage that has the refused object was written
   */
  List<Change> apply(ApplyPlan plan, boolean force) throws InterruptedException {
    var writer = new ObjectWriter(api, application, force);
    var changes = new ArrayList<Change>();
    for (var stage : plan.stages()) {
      changes.addAll(apply(stage, writer));
    }
    var written = changes.stream().filter(change -> change.action() != Action.UNCHANGED).count();
    log.accept(
        written == 0
            ? "nothing to write: all " + changes.size() + " objects are as the bundle wants them"
            : "wrote " + written + " of " + changes.size() + " objects");
    return changes;
  }

  private List<Change> apply(StagePlan stage, ObjectWriter writer) throws InterruptedException {
    var differing = tryStage(stage, writer);
    inventories.claim(application, stage.objects());
    var changes = new ArrayList<Change>();
    for (var object : stage.objects()) {
      var action = differing.containsKey(object.key()) ? writer.write(object) : Action.UNCHANGED;
      var change = new Change(object.key(), action);
      changes.add(change);
      if (action != Action.UNCHANGED) {
        log.accept(change.toString());
      }
    }
    return changes;
  }

  private Map<ObjectKey, PlannedObject> tryStage(StagePlan stage, ObjectWriter writer)
      throws InterruptedException {
    var refusals = new Refusals();
    var owners = inventories.ownersOtherThan(application);
    var differing = new LinkedHashMap<ObjectKey, PlannedObject>();
    for (var object : stage.objects()) {
      var live = writer.live(object);
      var owner =
          Optional.ofNullable(owners.get(object.key()))
              .or(() -> live.flatMap(writer::foreignLabel));
      if (owner.isPresent()) {
        refusals.belongsTo(object, owner.get());
        continue;
      }
      var answer = writer.dryRun(object);
      if (!answer.succeeded()) {
        refusals.add(object, answer);
      } else if (writer.differs(live.orElse(null), answer.body())) {
        differing.put(object.key(), object);
      }
    }
    refusals.throwIfAny(stage.stage().name().toLowerCase(Locale.ROOT));
    return differing;
  }
}
