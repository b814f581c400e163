package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.apply.Change.Action;
import io.kodedeploy.namespace.cluster.ApiDiscovery;
import io.kodedeploy.namespace.cluster.Inventories;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.manifest.InventoryEntry;
import io.kodedeploy.namespace.manifest.ObjectKey;
import io.kodedeploy.namespace.manifest.ObjectMark;
import io.kodedeploy.namespace.manifest.ObjectOptions;
import io.kodedeploy.namespace.manifest.OwnObjects;
import io.kodedeploy.namespace.manifest.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Deletes what the application wrote once and its bundle no longer has. */
final class Pruner {
  private final KubernetesApi api;
  private final ApiDiscovery discovery;
  private final Inventories inventories;
  private final String application;
  private final Consumer<String> log;

  Pruner(
      KubernetesApi api,
      ApiDiscovery discovery,
      Inventories inventories,
      String application,
      Consumer<String> log) {
    this.api = api;
    this.discovery = discovery;
    this.inventories = inventories;
    this.application = application;
    this.log = log;
  }

  /** What becomes of an object that left the bundle. */
  private sealed interface Verdict {
    record Gone() implements Verdict {}

    /** It is not ours (any more), or nobody's to delete without a person. */
    record Kept(String reason) implements Verdict {}

    record Refused(String reason) implements Verdict {}
  }

  /**
   * Prunes by the inventory as the apply before it left it, the workloads before what they need.
   * Never called with an empty set.
   *
   * @throws AgentException {@code apply-refused} when the API server refuses a deletion; the
   *     inventory still knows that object
   */
  List<Change> prune(Set<ObjectKey> wanted) throws InterruptedException {
    var view = inventories.lastView(application);
    var changes = new ArrayList<Change>();
    var settled = new HashSet<ObjectKey>();
    var refused = new ArrayList<String>();
    for (var entry : lastFirst(view.own().absentFrom(wanted))) {
      var key = entry.key();
      switch (verdict(entry, view)) {
        case Verdict.Gone() -> {
          changes.add(new Change(key, Action.PRUNED));
          log.accept(key + " pruned");
        }
        case Verdict.Kept(var reason) -> {
          changes.add(new Change(key, Action.KEPT));
          log.accept(key + " left the bundle, but stays: " + reason);
        }
        case Verdict.Refused(var reason) -> refused.add(key + ": " + reason);
      }
    }
    changes.forEach(change -> settled.add(change.subject()));
    if (!settled.isEmpty()) {
      inventories.change(application, inventory -> inventory.without(settled));
    }
    if (!refused.isEmpty()) {
      throw new AgentException(
          ErrorCode.APPLY_REFUSED, "cannot prune:\n" + String.join("\n", refused));
    }
    return changes;
  }

  private static List<InventoryEntry> lastFirst(List<InventoryEntry> entries) {
    return entries.stream()
        .sorted(
            Comparator.comparing((InventoryEntry entry) -> Stage.of(entry.key()))
                .thenComparingInt(entry -> Stage.of(entry.key()).rank(entry.key()))
                .reversed())
        .toList();
  }

  private Verdict verdict(InventoryEntry entry, Inventories.View view) throws InterruptedException {
    var owner = view.owners().get(entry.key());
    if (owner != null) {
      return new Verdict.Kept("it belongs to application \"" + owner + "\"");
    }
    var type = discovery.find(entry.apiVersion(), entry.key().kind());
    if (type.isEmpty()) {
      return entry.mark().equals(ObjectMark.UNKNOWN)
          ? new Verdict.Gone() // claimed for a kind that never came
          : new Verdict.Refused(
              "the cluster no longer serves " + entry.apiVersion() + ", delete it by hand");
    }
    var path = type.get().path(entry.key().namespace(), entry.key().name());
    var answer = api.get(path);
    if (answer.absent()) {
      return new Verdict.Gone();
    }
    var live = answer.orThrow("read " + entry.key());
    var reason = reasonToKeep(entry.key(), live);
    return reason.isPresent()
        ? new Verdict.Kept(reason.get())
        : delete(path, live.path("metadata").path("uid").asString(""));
  }

  private Optional<String> reasonToKeep(ObjectKey key, JsonNode live) {
    var metadata = live.path("metadata");
    var label = metadata.path("labels").path(OwnObjects.APPLICATION_LABEL).asString("");
    if (!label.equals(OwnObjects.labelValue(application))) {
      return Optional.of(
          label.isEmpty()
              ? "it no longer carries the label of this application"
              : "it belongs to application \"" + label + "\"");
    }
    if (ObjectMark.ownEntry(metadata, OwnObjects.fieldManager(application)).isEmpty()) {
      return Optional.of("another manager took over every field of it");
    }
    for (var owner : metadata.path("ownerReferences")) {
      if (owner.path("controller").asBoolean(false)) {
        return Optional.of(
            "it is owned by "
                + owner.path("kind").asString("")
                + "/"
                + owner.path("name").asString(""));
      }
    }
    if (!ObjectOptions.of(live).prune()) {
      return Optional.of("its annotation " + ObjectOptions.PRUNE + " is \"false\"");
    }
    if (key.isDefinition() || (key.kind().equals("Namespace") && key.group().isEmpty())) {
      return Optional.of("deleting it would delete everything in it; do that by hand");
    }
    return Optional.empty();
  }

  private Verdict delete(String path, String uid) throws InterruptedException {
    var options = JsonNodeFactory.instance.objectNode();
    options.put("apiVersion", "v1").put("kind", "DeleteOptions");
    options.put("propagationPolicy", "Background");
    options.putObject("preconditions").put("uid", uid);
    var deleted = api.delete(path, options);
    return deleted.succeeded() || deleted.absent()
        ? new Verdict.Gone()
        : new Verdict.Refused(deleted.message());
  }
}
