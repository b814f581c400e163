package io.kodedeploy.namespace.cluster;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.manifest.Inventory;
import io.kodedeploy.namespace.manifest.ObjectKey;
import io.kodedeploy.namespace.manifest.OwnObjects;
import io.kodedeploy.namespace.manifest.PlannedObject;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * The inventories of a namespace, one ConfigMap an application. Two applications never claim the
 * same object: claims are made one at a time. What was read or written last is remembered, because
 * nobody else writes them; a write that finds somebody else's reads again. Safe for many threads of
 * the one agent that serves the namespace.
 */
public final class Inventories {
  private static final String TEXT = "inventory.json";
  private static final int ATTEMPTS = 5;

  private final ConfigMaps maps;
  private final String namespace;
  private final ReentrantLock claims = new ReentrantLock();
  private final Map<String, ConfigMaps.Stored> known = new ConcurrentHashMap<>();

  /** The inventories of a namespace. */
  public Inventories(ConfigMaps maps, String namespace) {
    this.maps = maps;
    this.namespace = namespace;
  }

  /**
   * What one look at all inventories of the namespace shows.
   *
   * @param own the application's
   * @param owners which other application has an object in its inventory
   */
  public record View(Inventory own, Map<ObjectKey, String> owners) {}

  /** Looks at all inventories of the namespace, by one call. */
  public View view(String application) throws InterruptedException {
    claims.lockInterruptibly();
    try {
      refresh();
      return lastView(application);
    } finally {
      claims.unlock();
    }
  }

  private void refresh() throws InterruptedException {
    var all = maps.withLabel(OwnObjects.INVENTORY_LABEL);
    known.keySet().retainAll(all.stream().map(ConfigMaps.Stored::name).toList());
    all.forEach(map -> known.put(map.name(), map));
  }

  /** What the last look and this agent's writes since then show; no call. */
  public View lastView(String application) {
    var name = OwnObjects.inventoryName(application);
    var own = Inventory.empty(application);
    var owners = new HashMap<ObjectKey, String>();
    for (var stored : known.values()) {
      if (stored.name().equals(name)) {
        own = own(stored, application);
      } else {
        Inventory.parse(stored.data().getOrDefault(TEXT, ""), namespace)
            .filter(inventory -> !inventory.application().equals(application))
            .ifPresent(
                inventory ->
                    inventory
                        .entries()
                        .keySet()
                        .forEach(key -> owners.put(key, inventory.application())));
      }
    }
    return new View(own, owners);
  }

  /**
   * Puts objects into the application's inventory, before they are written. By the last look:
   * whoever claims has looked at the inventories in the same apply.
   *
   * @throws AgentException {@code apply-conflict} when one is in another application's
   */
  public void claim(String application, Collection<PlannedObject> objects)
      throws InterruptedException {
    claims.lockInterruptibly();
    try {
      for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
        var view = lastView(application);
        for (var object : objects) {
          var owner = view.owners().get(object.key());
          if (owner != null) {
            throw new AgentException(
                ErrorCode.APPLY_CONFLICT,
                object.key() + " belongs to application \"" + owner + "\"");
          }
        }
        var after = view.own().with(objects);
        if (after.equals(view.own()) || write(after)) {
          return;
        }
        refresh();
      }
      throw changedAgainAndAgain(application);
    } finally {
      claims.unlock();
    }
  }

  /** Changes an application's inventory; writes only when that makes a difference. */
  public void change(String application, UnaryOperator<Inventory> change)
      throws InterruptedException {
    claims.lockInterruptibly();
    try {
      for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
        var before = lastView(application).own();
        var after = change.apply(before);
        if (after.equals(before) || write(after)) {
          return;
        }
        refresh();
      }
      throw changedAgainAndAgain(application);
    } finally {
      claims.unlock();
    }
  }

  private static AgentException changedAgainAndAgain(String application) {
    return new AgentException(
        ErrorCode.APPLY_CONFLICT,
        "ConfigMap "
            + OwnObjects.inventoryName(application)
            + " is changed by somebody else again and again");
  }

  private boolean write(Inventory after) throws InterruptedException {
    var name = OwnObjects.inventoryName(after.application());
    var labels =
        Map.of(OwnObjects.INVENTORY_LABEL, "true", "app.kubernetes.io/managed-by", "kodedeploy");
    var stored =
        maps.write(
            name,
            Optional.ofNullable(known.get(name)),
            labels,
            Map.of("application", after.application(), TEXT, after.text()));
    stored.ifPresent(map -> known.put(name, map));
    return stored.isPresent();
  }

  private Inventory own(ConfigMaps.Stored stored, String application) {
    return Inventory.parse(stored.data().getOrDefault(TEXT, ""), namespace)
        .filter(inventory -> inventory.application().equals(application))
        .orElseThrow(
            () ->
                new AgentException(
                    ErrorCode.APPLY_REFUSED,
                    "ConfigMap "
                        + stored.name()
                        + " is damaged or of a newer version: restore it, or delete it and nothing"
                        + " written before will be pruned"));
  }
}
