package io.kodedeploy.simulator.elb;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The targets of a group: who is registered, healthy, draining, and who gets the next request.
 * Thread-safe: one monitor guards the registrations and their targets.
 */
final class TargetGroup {
  private final TargetGroupTimers timers;
  private final Map<TargetKey, Target> targets = new LinkedHashMap<>();
  private List<Target> serving = List.of();
  private TargetGroupSettings settings;
  private int turn;
  private boolean inUse;
  private boolean deleted;

  TargetGroup(TargetGroupSettings settings, TargetGroupTimers timers) {
    this.settings = settings;
    this.timers = timers;
  }

  synchronized TargetGroupSettings settings() {
    return settings;
  }

  synchronized void change(TargetGroupSettings changed) {
    settings = changed;
  }

  String arn() {
    return settings().arn();
  }

  String name() {
    return settings().name();
  }

  /** Registers a target; one that is registered stays as it is, one that drains starts anew. */
  synchronized void register(TargetKey key, InetSocketAddress address) {
    var present = targets.get(key);
    if (present != null && !present.isDraining() && !present.isInvalid()) {
      return;
    }
    var target =
        new Target(key, address, inUse ? TargetHealth.REGISTERING : TargetHealth.NOT_IN_USE);
    targets.put(key, target);
    if (inUse) {
      timers.check(this, target, Duration.ZERO);
    }
  }

  /** Takes a target out of service; what it is answering it may end within the delay. */
  synchronized void deregister(TargetKey key) {
    var target = targets.get(key);
    if (target == null || target.isDraining()) {
      return;
    }
    if (!inUse || target.isInvalid()) {
      targets.remove(key);
      target.connections().close();
      return;
    }
    target.become(TargetHealth.DRAINING);
    serveHealthy();
    target.connections().close();
    timers.drained(this, target, settings.deregistrationDelay());
  }

  /** The deregistration delay is over: requests that still run are cut. */
  void endDraining(Target target) {
    List<TargetLease> late;
    synchronized (this) {
      if (!targets.remove(target.key(), target)) {
        return; // registered again meanwhile
      }
      late = List.copyOf(target.inFlight());
    }
    late.forEach(TargetLease::cut);
  }

  /** A group is in use while a listener's rule names it; only then are its targets checked. */
  synchronized void use(boolean used) {
    if (inUse == used) {
      return;
    }
    inUse = used;
    for (var target : targets.values()) {
      if (!target.isDraining() && !target.isInvalid()) {
        target.become(used ? TargetHealth.REGISTERING : TargetHealth.NOT_IN_USE);
        if (used) {
          timers.check(this, target, Duration.ZERO);
        }
      }
    }
    serveHealthy();
  }

  synchronized boolean isUsed() {
    return inUse;
  }

  /** The group is gone: nothing of it runs any longer. */
  synchronized void delete() {
    deleted = true;
    targets.values().forEach(target -> target.connections().close());
    targets.clear();
    serving = List.of();
  }

  /** The instance is terminated; its registrations stay, as on AWS, but serve nothing. */
  synchronized void instanceGone(String instanceId) {
    for (var target : targets.values()) {
      if (target.key().id().equals(instanceId) && !target.isDraining()) {
        target.become(TargetHealth.INVALID_STATE);
        target.connections().close();
      }
    }
    serveHealthy();
  }

  /** Whether this registration is to be checked now. */
  synchronized boolean isChecked(Target target) {
    return !deleted
        && inUse
        && target.equals(targets.get(target.key()))
        && !target.isDraining()
        && !target.isInvalid();
  }

  synchronized void checkBegins(Target target) {
    if (target.health().equals(TargetHealth.REGISTERING)) {
      target.become(TargetHealth.CHECKING);
    }
  }

  synchronized void checked(Target target, ProbeResult result) {
    if (isChecked(target) && target.checked(result, settings.healthCheck())) {
      serveHealthy();
      if (target.health().state() != TargetHealth.State.HEALTHY) {
        target.connections().close();
      }
    }
  }

  /** The healthy target whose turn it is, counted as in flight until the lease is closed. */
  synchronized Optional<TargetLease> acquire() {
    if (serving.isEmpty()) {
      return Optional.empty();
    }
    turn = (turn + 1) % serving.size();
    var lease = new TargetLease(this, serving.get(turn));
    lease.target().inFlight().add(lease);
    return Optional.of(lease);
  }

  synchronized void release(TargetLease lease) {
    lease.target().inFlight().remove(lease);
  }

  synchronized boolean hasHealthy() {
    return !serving.isEmpty();
  }

  synchronized List<TargetKey> registered() {
    return targets.values().stream().filter(t -> !t.isDraining()).map(Target::key).toList();
  }

  /** State of one registration, of whatever is not registered too. */
  synchronized TargetHealth health(TargetKey key) {
    @Nullable Target target = targets.get(key);
    return target == null ? TargetHealth.NOT_REGISTERED : target.health();
  }

  /** State of every registration, those that drain included, in the order of registration. */
  synchronized Map<TargetKey, TargetHealth> health() {
    var all = new LinkedHashMap<TargetKey, TargetHealth>();
    targets.forEach((key, target) -> all.put(key, target.health()));
    return all;
  }

  private void serveHealthy() {
    var healthy = new ArrayList<Target>();
    for (var target : targets.values()) {
      if (target.health().state() == TargetHealth.State.HEALTHY) {
        healthy.add(target);
      }
    }
    serving = List.copyOf(healthy);
  }
}
