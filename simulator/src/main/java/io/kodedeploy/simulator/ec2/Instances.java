package io.kodedeploy.simulator.ec2;

import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.Resettable;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The instances of the account, terminated ones included. Thread-safe. */
public final class Instances implements Resettable {
  private final Account account;
  private final SimulatorClock clock;
  private final Map<String, Instance> byId = new LinkedHashMap<>();
  private final List<Consumer<Instance>> terminationListeners = new CopyOnWriteArrayList<>();

  /** An account without instances. */
  public Instances(Account account, SimulatorClock clock) {
    this.account = account;
    this.clock = clock;
  }

  /** Calls back after an instance has been terminated. For the time of wiring. */
  public void whenTerminated(Consumer<Instance> listener) {
    terminationListeners.add(listener);
  }

  /** Starts an instance, running at once, in zone {@code a} of the account's region. */
  public synchronized Instance launch(String address, String role, Map<String, String> tags) {
    var region = account.region();
    var instance =
        new Instance(
            newId(),
            address,
            region,
            region + "a",
            clock.now(),
            true,
            Optional.of(role),
            tags,
            Instance.MetadataOptions.DEFAULTS);
    byId.put(instance.id(), instance);
    return instance;
  }

  /** Ends an instance; it stays visible as terminated. Unknown or terminated: no effect. */
  public void terminate(String id) {
    Instance terminated;
    synchronized (this) {
      var instance = byId.get(id);
      if (instance == null || !instance.running()) {
        return;
      }
      terminated = instance.terminated();
      byId.put(id, terminated);
    }
    terminationListeners.forEach(listener -> listener.accept(terminated));
  }

  /** The instance in whatever state. */
  public synchronized Optional<Instance> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /**
   * The instance, which must be there.
   *
   * @throws AwsError {@code InvalidInstanceID.NotFound}
   */
  public Instance require(String id) {
    return find(id).orElseThrow(() -> notFound(id));
  }

  /** Every instance, oldest first. */
  public synchronized List<Instance> all() {
    return List.copyOf(byId.values());
  }

  /**
   * Sets and removes tags.
   *
   * @throws AwsError {@code InvalidInstanceID.NotFound}
   */
  public void tag(String id, Map<String, String> set, Iterable<String> removed) {
    change(
        id,
        instance -> {
          var tags = new TreeMap<>(instance.tags());
          tags.putAll(set);
          removed.forEach(tags::remove);
          return instance.withTags(tags);
        });
  }

  Instance change(String id, UnaryOperator<Instance> change) {
    synchronized (this) {
      var instance = byId.get(id);
      if (instance == null) {
        throw notFound(id);
      }
      var changed = change.apply(instance);
      byId.put(id, changed);
      return changed;
    }
  }

  static AwsError notFound(String id) {
    return AwsError.badRequest(
        "InvalidInstanceID.NotFound", "The instance ID '" + id + "' does not exist");
  }

  @Override
  public synchronized void reset() {
    byId.clear();
  }

  private String newId() {
    var bytes = new byte[8];
    ThreadLocalRandom.current().nextBytes(bytes);
    return "i-0" + HexFormat.of().formatHex(bytes);
  }
}
