package io.kodedeploy.namespace.apply;

import io.kodedeploy.namespace.cluster.Inventories;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.manifest.ApplyTarget;
import io.kodedeploy.namespace.manifest.ObjectMark;
import io.kodedeploy.namespace.manifest.OwnObjects;
import io.kodedeploy.namespace.manifest.PlannedObject;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Finds what has to be done for the objects of one stage; changes nothing. */
final class StageTrial {
  private final ObjectWriter writer;
  private final ApplyTarget target;
  private final Inventories.View inventories;
  private final LiveMetadata metadata;
  private final String manager;

  private StageTrial(
      ObjectWriter writer,
      ApplyTarget target,
      Inventories.View inventories,
      LiveMetadata metadata) {
    this.writer = writer;
    this.target = target;
    this.inventories = inventories;
    this.metadata = metadata;
    this.manager = OwnObjects.fieldManager(target.application());
  }

  /** Tries every object; in their order. */
  static List<Trial> of(
      List<PlannedObject> objects,
      ApplyTarget target,
      Inventories.View inventories,
      KubernetesApi api,
      ObjectWriter writer)
      throws InterruptedException {
    var recorded =
        objects.stream()
            .filter(object -> !inventories.own().mark(object.key()).equals(ObjectMark.UNKNOWN))
            .toList();
    var metadata = LiveMetadata.of(recorded, target.application(), api);
    var trial = new StageTrial(writer, target, inventories, metadata);
    return ParallelCalls.map(objects, trial::of);
  }

  private Trial of(PlannedObject object) throws InterruptedException {
    var owner = inventories.owners().get(object.key());
    if (owner != null) {
      return new Trial.Foreign(object, "application \"" + owner + '"');
    }
    if (unchanged(object)) {
      return new Trial.Unchanged(object);
    }
    var answer = writer.dryRun(object);
    if (answer.code() == 201) {
      return new Trial.Differs(object);
    }
    var read = writer.read(object);
    var live = read.succeeded() ? Optional.of(read.body()) : Optional.<JsonNode>empty();
    var foreign = live.flatMap(this::foreignLabel);
    if (foreign.isPresent()) {
      return new Trial.Foreign(object, foreign.get());
    }
    if (live.isPresent() && live.get().path("metadata").hasNonNull("deletionTimestamp")) {
      return new Trial.Replaced(object, uid(live.get()));
    }
    if (!answer.succeeded()) {
      boolean replace =
          answer.code() == 422
              && live.isPresent()
              && object.options().replace()
              && writer.dryRunOfCreation(object).succeeded();
      return replace
          ? new Trial.Replaced(object, uid(live.get()))
          : new Trial.Refused(object, answer);
    }
    return live.isEmpty() || differs(live.get(), answer.body())
        ? new Trial.Differs(object)
        : new Trial.Equal(object, live.get());
  }

  private boolean unchanged(PlannedObject object) {
    var recorded = inventories.own().mark(object.key());
    return !recorded.equals(ObjectMark.UNKNOWN)
        && metadata
            .find(object.key())
            .filter(live -> !live.hasNonNull("deletionTimestamp"))
            .filter(live -> recorded.equals(ObjectMark.of(object, live, manager)))
            .isPresent();
  }

  /** Whose labels an existing object carries, if they are not ours. */
  private Optional<String> foreignLabel(JsonNode live) {
    var labels = live.path("metadata").path("labels");
    var application = labels.path(OwnObjects.APPLICATION_LABEL).asString("");
    if (!application.isEmpty()
        && !application.equals(OwnObjects.labelValue(target.application()))) {
      return Optional.of("application \"" + application + '"');
    }
    var namespace = labels.path(OwnObjects.NAMESPACE_LABEL).asString("");
    return namespace.isEmpty() || namespace.equals(target.namespace())
        ? Optional.empty()
        : Optional.of("the agent of namespace \"" + namespace + '"');
  }

  /** Whether writing would change anything, our share of the fields included. */
  private boolean differs(JsonNode live, JsonNode dryRun) {
    return !content(live).equals(content(dryRun)) || !ownFields(live).equals(ownFields(dryRun));
  }

  private static JsonNode content(JsonNode object) {
    var copy = (ObjectNode) object.deepCopy();
    copy.remove("status");
    if (copy.get("metadata") instanceof ObjectNode metadata) {
      metadata.remove(
          List.of("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid"));
    }
    return copy;
  }

  private String ownFields(JsonNode object) {
    return ObjectMark.ownEntry(object.path("metadata"), manager)
        .map(entry -> entry.path("apiVersion").asString("") + entry.path("fieldsV1"))
        .orElse("");
  }

  private static String uid(JsonNode live) {
    return live.path("metadata").path("uid").asString("");
  }
}
