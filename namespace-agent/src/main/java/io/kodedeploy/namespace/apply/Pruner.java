package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.apply.Change.Action;
import io.kodedeploy.namespace.cluster.ApiDiscovery;
import io.kodedeploy.namespace.cluster.Inventories;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.manifest.InventoryEntry;
import io.kodedeploy.namespace.manifest.ObjectKey;
import io.kodedeploy.namespace.manifest.OwnObjects;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.node.JsonNodeFactory;

/** Deletes what the application wrote once and its bundle no longer has. */
final class Pruner {
  private final KubernetesApi api;
  private final Inventories inventories;
  private final String application;
  private final Consumer<String> log;

  Pruner(KubernetesApi api, Inventories inventories, String application, Consumer<String> log) {
    this.api = api;
    this.inventories = inventories;
    this.application = application;
    this.log = log;
  }

  /**
   * Prunes by the inventory. Never called with an empty set.
   *
   * @throws AgentException {@code apply-refused} when the API server refuses a deletion; the
   *     inventory still knows that object
   */
  List<Change> prune(Set<ObjectKey> wanted) throws InterruptedException {
    var discovery = new ApiDiscovery(api);
    var owners = inventories.ownersOtherThan(application);
    var changes = new ArrayList<Change>();
    var gone = new HashSet<ObjectKey>();
    var refused = new ArrayList<String>();
    for (var entry : inventories.read(application).absentFrom(wanted)) {
      var foreign = owners.containsKey(entry.key());
      var action = foreign ? Optional.of(Action.KEPT) : delete(entry, discovery, refused);
      if (action.isPresent()) {
        gone.add(entry.key());
        changes.add(new Change(entry.key(), action.get()));
        log.accept(
            entry.key()
                + (action.get() == Action.PRUNED
                    ? " pruned"
                    : " left alone: it is not ours (any more)"));
      }
    }
    inventories.change(application, inventory -> inventory.without(gone));
    if (!refused.isEmpty()) {
      throw new AgentException(
          ErrorCode.APPLY_REFUSED, "cannot prune:\n" + String.join("\n", refused));
    }
    return changes;
  }

  private Optional<Action> delete(
      InventoryEntry entry, ApiDiscovery discovery, List<String> refused)
      throws InterruptedException {
    var type = discovery.find(entry.apiVersion(), entry.key().kind());
    if (type.isEmpty()) {
      refused.add(
          entry.key()
              + ": the cluster no longer serves "
              + entry.apiVersion()
              + ", delete it by hand");
      return Optional.empty();
    }
    var path = type.get().path(entry.key().namespace(), entry.key().name());
    var answer = api.get(path);
    if (answer.absent()) {
      return Optional.of(Action.PRUNED);
    }
    var metadata = answer.orThrow("read " + entry.key()).path("metadata");
    var label = metadata.path("labels").path(OwnObjects.APPLICATION_LABEL).asString("");
    if (!label.equals(OwnObjects.labelValue(application))) {
      return Optional.of(Action.KEPT);
    }
    var options = JsonNodeFactory.instance.objectNode();
    options.put("apiVersion", "v1").put("kind", "DeleteOptions");
    options.put("propagationPolicy", "Background");
    options.putObject("preconditions").put("uid", metadata.path("uid").asString(""));
    var deleted = api.delete(path, options);
    if (deleted.succeeded() || deleted.absent()) {
      return Optional.of(Action.PRUNED);
    }
    refused.add(entry.key() + ": " + deleted.message());
    return Optional.empty();
  }
}
