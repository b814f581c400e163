package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.namespace.manifest.Drift;
import io.kodedeploy.namespace.manifest.Drift.Difference;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what was applied with the cluster, every interval with jitter. The first look comes
 * between half of the interval and all of it, so that agents that start together do not ask
 * together. Safe for many threads.
 */
final class DriftWatch {
  private static final Logger log = LoggerFactory.getLogger(DriftWatch.class);
  private static final double JITTER = 0.1;

  /** Carries out the installed revision of an application again. */
  @FunctionalInterface
  interface Repair {
    void of(String application) throws InterruptedException;
  }

  private final DriftSettings settings;
  private final CatchUpService.DriftLook look;
  private final Supplier<Collection<String>> applications;
  private final Repair repair;
  private final Consumer<Map<String, List<Drift>>> found;
  private final Clock clock;
  private final DoubleSupplier random;
  private final Map<String, DriftFinding> findings = new ConcurrentHashMap<>();

  /**
   * A watch that does not run yet.
   *
   * @param applications whose installed revision is what it should be
   * @param found told after every change
   */
  DriftWatch(
      DriftSettings settings,
      CatchUpService.DriftLook look,
      Supplier<Collection<String>> applications,
      Repair repair,
      Consumer<Map<String, List<Drift>>> found,
      Clock clock,
      DoubleSupplier random) {
    this.settings = settings;
    this.look = look;
    this.applications = applications;
    this.repair = repair;
    this.found = found;
    this.clock = clock;
    this.random = random;
  }

  /** Looks until it is interrupted. */
  void run() throws InterruptedException {
    Thread.sleep(part(0.5 + random.getAsDouble() / 2));
    while (true) {
      round();
      Thread.sleep(part(1 - JITTER + 2 * JITTER * random.getAsDouble()));
    }
  }

  private Duration part(double factor) {
    return Duration.ofMillis((long) (settings.interval().toMillis() * factor));
  }

  /** One look at every application, and the repair of what it may repair. */
  void round() throws InterruptedException {
    var now = applications.get();
    findings.keySet().retainAll(now);
    for (var application : now) {
      var drifts = find(application);
      boolean ours = drifts.stream().anyMatch(one -> one.difference() != Difference.SCALED);
      if (ours && settings.mode() == DriftSettings.Mode.REPAIR) {
        log.atInfo().addKeyValue("application", application).log("drift is repaired");
        repair.of(application);
        find(application);
      }
    }
  }

  private List<Drift> find(String application) throws InterruptedException {
    try {
      var drifts = look.of(application);
      if (drifts.isEmpty()) {
        return List.of(); // it is being applied
      }
      var before = findings.put(application, new DriftFinding(clock.instant(), drifts.get()));
      if (!drifts.get().isEmpty() && (before == null || !before.objects().equals(drifts.get()))) {
        log.atWarn()
            .addKeyValue("application", application)
            .addKeyValue("objects", drifts.get().stream().map(Drift::toString).toList())
            .log("objects are not as they were applied");
      }
      found.accept(drifts());
      return drifts.get();
    } catch (AgentException e) {
      log.atWarn()
          .addKeyValue("application", application)
          .addKeyValue("code", e.code().id())
          .addKeyValue("reason", e.getMessage())
          .log("drift cannot be looked for now");
      return List.of();
    }
  }

  /** The application was deployed: what was found before is history. */
  void forget(String application) {
    if (findings.remove(application) != null) {
      found.accept(drifts());
    }
  }

  /** What was found last, of an application that was looked at. */
  Optional<DriftFinding> finding(String application) {
    return Optional.ofNullable(findings.get(application));
  }

  private Map<String, List<Drift>> drifts() {
    var all = new TreeMap<String, List<Drift>>();
    findings.forEach((application, finding) -> all.put(application, finding.objects()));
    return all;
  }
}
