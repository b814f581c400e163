package io.kodedeploy.namespace.manifest;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is to be written, stage by stage. The order is stable: stage, then kind, then the bundle's.
 *
 * @param stages without empty ones
 */
public record ApplyPlan(List<StagePlan> stages) {
  /** The objects of one stage. */
  public record StagePlan(Stage stage, List<PlannedObject> objects) {}

  /** Every object of the plan. */
  public List<PlannedObject> objects() {
    return stages.stream().flatMap(stage -> stage.objects().stream()).toList();
  }

  /** The identities of every object. */
  public Set<ObjectKey> keys() {
    var keys = new HashSet<ObjectKey>();
    stages.forEach(stage -> stage.objects().forEach(object -> keys.add(object.key())));
    return keys;
  }

  /**
   * Makes the plan.
   *
   * @param types finds how the cluster serves an apiVersion and kind, or will serve it once the
   *     bundle's definitions are written; nothing when it does not
   * @throws AgentException {@code manifest-invalid} for kinds that the cluster does not serve and
   *     for objects of the whole cluster; {@code kind-missing} when nothing is wrong but that
   *     custom kinds are not served, which a definition may still change
   */
  public static ApplyPlan of(
      List<ManifestObject> objects,
      ApplyTarget target,
      BiFunction<String, String, Optional<ResourceType>> types) {
    var problems = new ArrayList<String>();
    var onlyMissing = true;
    var planned = new ArrayList<PlannedObject>();
    for (var object : objects) {
      var type = types.apply(object.apiVersion(), object.key().kind());
      if (type.isEmpty()) {
        onlyMissing &= object.key().group().contains(".");
        problems.add(
            object.position()
                + ": this cluster serves no kind "
                + object.key().kind()
                + " of "
                + object.apiVersion());
      } else if (!type.get().namespaced() && !target.clusterScope()) {
        onlyMissing = false;
        problems.add(
            object.position()
                + ": "
                + object.key().kind()
                + "/"
                + object.key().name()
                + " belongs to the whole cluster, this agent serves only the namespace \""
                + target.namespace()
                + "\" (apply.cluster-scope is off)");
      } else {
        planned.add(planned(object, type.get(), target));
      }
    }
    if (onlyMissing && !problems.isEmpty()) {
      throw new AgentException(ErrorCode.KIND_MISSING, String.join("\n", problems));
    }
    ManifestReader.throwIfAny(problems);
    var stages = new ArrayList<StagePlan>();
    for (var stage : Stage.values()) {
      var members =
          planned.stream()
              .filter(object -> Stage.of(object.key()) == stage)
              .sorted(Comparator.comparingInt(object -> stage.rank(object.key())))
              .toList();
      if (!members.isEmpty()) {
        stages.add(new StagePlan(stage, members));
      }
    }
    return new ApplyPlan(List.copyOf(stages));
  }

  private static PlannedObject planned(
      ManifestObject written, ResourceType type, ApplyTarget target) {
    var object = type.namespaced() ? written : written.ofTheCluster();
    var json = object.json().deepCopy();
    var metadata = (ObjectNode) json.get("metadata");
    if (!metadata.hasNonNull("labels")) {
      metadata.set("labels", JsonNodeFactory.instance.objectNode());
    }
    if (metadata.get("labels") instanceof ObjectNode labels) { // else the API server refuses it
      labels.put(OwnObjects.APPLICATION_LABEL, OwnObjects.labelValue(target.application()));
      if (!type.namespaced()) {
        labels.put(OwnObjects.NAMESPACE_LABEL, target.namespace());
      }
    }
    var planned = new PlannedObject(object, type, json);
    if (planned.secret()) {
      SecretData.fold(json);
    }
    return planned;
  }
}
