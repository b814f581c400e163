package io.kodedeploy.namespace.cluster;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.manifest.Inventory;
import io.kodedeploy.namespace.manifest.ObjectKey;
import io.kodedeploy.namespace.manifest.OwnObjects;
import io.kodedeploy.namespace.manifest.PlannedObject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * The inventories of a namespace, one ConfigMap an application. Two applications never claim the
 * same object: claims are made one at a time. Safe for many threads of the one agent that serves
 * the namespace.
 */
public final class Inventories {
  private static final String TEXT = "inventory.json";
  private static final int ATTEMPTS = 5;

  private final ConfigMaps maps;
  private final String namespace;
  private final ReentrantLock claims = new ReentrantLock();

  /** The inventories of a namespace. */
  public Inventories(ConfigMaps maps, String namespace) {
    this.maps = maps;
    this.namespace = namespace;
  }

  /** What an application has written so far. */
  public Inventory read(String application) throws InterruptedException {
    var stored = maps.read(OwnObjects.inventoryName(application));
    return stored.isEmpty() ? Inventory.empty(application) : own(stored.get(), application);
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
    return view(application, maps.withLabel(OwnObjects.INVENTORY_LABEL));
  }

  private View view(String application, List<ConfigMaps.Stored> all) {
    var name = OwnObjects.inventoryName(application);
    var own = Inventory.empty(application);
    var owners = new HashMap<ObjectKey, String>();
    for (var stored : all) {
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
   * Puts objects into the application's inventory, before they are written.
   *
   * @throws AgentException {@code apply-conflict} when one is in another application's
   */
  public void claim(String application, Collection<PlannedObject> objects)
      throws InterruptedException {
    claims.lockInterruptibly();
    try {
      var name = OwnObjects.inventoryName(application);
      var all = maps.withLabel(OwnObjects.INVENTORY_LABEL);
      var view = view(application, all);
      for (var object : objects) {
        var owner = view.owners().get(object.key());
        if (owner != null) {
          throw new AgentException(
              ErrorCode.APPLY_CONFLICT, object.key() + " belongs to application \"" + owner + "\"");
        }
      }
      var stored = all.stream().filter(map -> map.name().equals(name)).findFirst();
      var after = view.own().with(objects);
      if (!after.equals(view.own()) && !write(name, stored, after)) {
        change(application, inventory -> inventory.with(objects)); // changed meanwhile
      }
    } finally {
      claims.unlock();
    }
  }

  /** Changes an application's inventory; writes only when that makes a difference. */
  public void change(String application, UnaryOperator<Inventory> change)
      throws InterruptedException {
    var name = OwnObjects.inventoryName(application);
    for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
      var stored = maps.read(name);
      var before = stored.isEmpty() ? Inventory.empty(application) : own(stored.get(), application);
      var after = change.apply(before);
      if (after.equals(before) || write(name, stored, after)) {
        return;
      }
    }
    throw new AgentException(
        ErrorCode.APPLY_CONFLICT,
        "ConfigMap " + name + " is changed by somebody else again and again");
  }

  private boolean write(String name, Optional<ConfigMaps.Stored> stored, Inventory after)
      throws InterruptedException {
    var labels =
        Map.of(OwnObjects.INVENTORY_LABEL, "true", "app.kubernetes.io/managed-by", "kodedeploy");
    return maps.write(
            name, stored, labels, Map.of("application", after.application(), TEXT, after.text()))
        .isPresent();
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
