package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.command.LifecycleStep;
import io.kodedeploy.core.command.StepContext;
import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.namespace.cluster.Inventories;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.manifest.ApplyEntry;
import io.kodedeploy.namespace.manifest.ApplyPlan;
import io.kodedeploy.namespace.manifest.ApplySection;
import io.kodedeploy.namespace.manifest.ManifestObject;
import io.kodedeploy.namespace.manifest.ManifestReader;
import io.kodedeploy.namespace.manifest.ObjectKey;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The step {@code kodedeploy.apply}: plan, apply what differs, wait for readiness, prune. Runs of
 * one application follow one another, different applications run at once. Repeatable after a crash:
 * whatever was written is written again or found unchanged, and the inventory knows it.
 */
public final class ApplyStep implements LifecycleStep {
  private final KubernetesApi api;
  private final Inventories inventories;
  private final String namespace;
  private final Duration defaultWait;
  private final Clock clock;
  private final Consumer<Change> observer;
  private final Map<String, ReentrantLock> running = new ConcurrentHashMap<>();

  /**
   * The step of one namespace.
   *
   * @param defaultWait limit of the wait of entries that name none
   * @param observer hears of every change, for metrics
   */
  public ApplyStep(
      KubernetesApi api,
      Inventories inventories,
      String namespace,
      Duration defaultWait,
      Clock clock,
      Consumer<Change> observer) {
    this.api = api;
    this.inventories = inventories;
    this.namespace = namespace;
    this.defaultWait = defaultWait;
    this.clock = clock;
    this.observer = observer;
  }

  @Override
  public String name() {
    return "kodedeploy.apply";
  }

  @Override
  public boolean hasWork(LifecycleEvent event, StepContext context) {
    return ApplySection.EVENTS.contains(event.name())
        && section(context).filter(section -> !section.in(event.name()).isEmpty()).isPresent();
  }

  @Override
  public void run(LifecycleEvent event, StepContext context) throws InterruptedException {
    var section = section(context).orElseThrow();
    var application = context.spec().applicationName();
    var lock = running.computeIfAbsent(application, _ -> new ReentrantLock());
    lock.lockInterruptibly();
    try {
      context.log().event(event.name());
      apply(section, event.name(), application, context);
    } finally {
      lock.unlock();
    }
  }

  private Optional<ApplySection> section(StepContext context) {
    return context
        .appSpec()
        .flatMap(AppSpec::kodedeploy)
        .map(section -> ApplySection.of(section, defaultWait));
  }

  private void apply(ApplySection section, String event, String application, StepContext context)
      throws InterruptedException {
    Consumer<String> log = line -> context.log().line("[kodedeploy.apply] " + line);
    var applier = new Applier(api, inventories, application, log);
    var objects = read(section.in(event), context);
    var plans = new LinkedHashMap<ApplyEntry, ApplyPlan>();
    for (var entry : objects.entrySet()) {
      plans.put(entry.getKey(), applier.plan(entry.getValue()));
    }
    for (var plan : plans.entrySet()) {
      var entry = plan.getKey();
      log.accept(entry.path() + ": " + plan.getValue().objects().size() + " objects");
      applier.apply(plan.getValue(), entry.force()).forEach(observer);
      new ReadinessWait(api, clock, Pause.REAL, log)
          .until(plan.getValue().objects(), entry.readyWithin());
    }
    if (section.prune() && section.isLast(event)) {
      new Pruner(api, inventories, application, log)
          .prune(keys(read(section.entries(), context)))
          .forEach(observer);
    }
  }

  /**
   * The objects of each entry; an object that two entries have is refused like one written twice.
   */
  private Map<ApplyEntry, List<ManifestObject>> read(
      List<ApplyEntry> entries, StepContext context) {
    var objects = new LinkedHashMap<ApplyEntry, List<ManifestObject>>();
    var first = new HashMap<ObjectKey, ManifestObject>();
    var twice = new ArrayList<String>();
    for (var entry : entries) {
      var read = ManifestReader.read(BundleFiles.read(context.archive(), entry), namespace);
      for (var object : read) {
        var before = first.putIfAbsent(object.key(), object);
        if (before != null) {
          twice.add(
              object.position()
                  + ": "
                  + object.key()
                  + " stands twice, first at "
                  + before.position());
        }
      }
      objects.put(entry, read);
    }
    ManifestReader.throwIfAny(twice);
    return objects;
  }

  private static Set<ObjectKey> keys(Map<ApplyEntry, List<ManifestObject>> objects) {
    var keys = new HashSet<ObjectKey>();
    objects.values().forEach(list -> list.forEach(object -> keys.add(object.key())));
    return keys;
  }
}
