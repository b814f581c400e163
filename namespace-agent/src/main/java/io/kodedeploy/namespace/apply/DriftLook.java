package io.kodedeploy.namespace.apply;

import io.kodedeploy.namespace.cluster.ApiDiscovery;
import io.kodedeploy.namespace.cluster.Inventories;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.manifest.Drift;
import io.kodedeploy.namespace.manifest.InventoryEntry;
import io.kodedeploy.namespace.manifest.OwnObjects;
import io.kodedeploy.namespace.manifest.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Compares an application's inventory with the cluster: one LIST a kind, metadata only, and one GET
 * for an object that carries the application's label no more. Changes nothing.
 */
final class DriftLook {
  private final KubernetesApi api;
  private final ApiDiscovery discovery;
  private final Inventories inventories;

  DriftLook(KubernetesApi api, ApiDiscovery discovery, Inventories inventories) {
    this.api = api;
    this.discovery = discovery;
    this.inventories = inventories;
  }

  /** What differs, in the inventory's order. */
  List<Drift> of(String application) throws InterruptedException {
    var inventory = inventories.view(application).own();
    var kinds = new LinkedHashMap<String, List<InventoryEntry>>();
    for (var entry : inventory.entries().values()) {
      kinds
          .computeIfAbsent(
              entry.apiVersion() + " " + entry.key().kind() + " " + entry.key().namespace(),
              _ -> new ArrayList<>())
          .add(entry);
    }
    var manager = OwnObjects.fieldManager(application);
    var drifts = new ArrayList<Drift>();
    for (var kind : kinds.values()) {
      var first = kind.getFirst();
      var type = discovery.find(first.apiVersion(), first.key().kind());
      var live = type.isEmpty() ? Map.<String, JsonNode>of() : list(type.get(), first, application);
      for (var entry : kind) {
        var metadata = Optional.ofNullable(live.get(entry.key().name()));
        if (metadata.isEmpty() && type.isPresent()) {
          metadata = one(type.get(), entry);
        }
        Drift.of(entry, metadata, manager).ifPresent(drifts::add);
      }
    }
    return drifts;
  }

  private Map<String, JsonNode> list(ResourceType type, InventoryEntry entry, String application)
      throws InterruptedException {
    var list =
        api.metadata(
            type.path(entry.key().namespace()),
            Map.of(
                "labelSelector",
                OwnObjects.APPLICATION_LABEL + "=" + OwnObjects.labelValue(application)));
    var byName = new HashMap<String, JsonNode>();
    if (!list.denied()) { // without the right to list, each is read
      for (var item : list.orThrow("list " + type.plural()).path("items")) {
        var metadata = item.path("metadata");
        byName.put(metadata.path("name").asString(""), metadata);
      }
    }
    return byName;
  }

  private Optional<JsonNode> one(ResourceType type, InventoryEntry entry)
      throws InterruptedException {
    var answer = api.get(type.path(entry.key().namespace(), entry.key().name()));
    return answer.absent()
        ? Optional.empty()
        : Optional.of(answer.orThrow("read " + entry.key()).path("metadata"));
  }
}
