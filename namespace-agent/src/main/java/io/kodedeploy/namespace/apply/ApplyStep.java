package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.command.LifecycleStep;
import io.kodedeploy.core.command.StepContext;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.namespace.cluster.ApiDiscovery;
import io.kodedeploy.namespace.cluster.Inventories;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.manifest.ApplyEntry;
import io.kodedeploy.namespace.manifest.ApplyPlan;
import io.kodedeploy.namespace.manifest.ApplySection;
import io.kodedeploy.namespace.manifest.ApplyTarget;
import io.kodedeploy.namespace.manifest.Drift;
import io.kodedeploy.namespace.manifest.ObjectKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The step {@code kodedeploy.apply}: plan, apply what differs, wait for readiness, prune. Runs of
 * one application follow one another, different applications run at once. Repeatable after a crash:
 * whatever was written is written again or found unchanged, and the inventory knows it.
 */
public final class ApplyStep implements LifecycleStep {
  /**
   * Creator of a deployment that this agent makes to take back what others changed: fields are
   * taken over from their managers. The service's creators are others (host-agent.md 5.3).
   */
  public static final String DRIFT_REPAIR = "kodedeployDriftRepair";

  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  private final KubernetesApi api;
  private final Inventories inventories;
  private final ApplySettings settings;
  private final Clock clock;
  private final Consumer<Change> observer;
  private final ApiDiscovery discovery;
  private final Alive alive;
  private final CurrentWaits waits;
  private final NewerDeployments newer = new NewerDeployments();
  private final Map<String, ReentrantLock> running = new ConcurrentHashMap<>();

  /**
   * The step of one namespace.
   *
   * @param api with the rights of what bundles may write
   * @param inventories of the namespace
   * @param alive asked while objects vanish
   * @param observer hears of every change, for metrics
   */
  public ApplyStep(
      KubernetesApi api,
      Inventories inventories,
      ApplySettings settings,
      Alive alive,
      Clock clock,
      Consumer<Change> observer) {
    this.api = api;
    this.inventories = inventories;
    this.settings = settings;
    this.alive = alive;
    this.waits = new CurrentWaits(clock);
    this.clock = clock;
    this.discovery = new ApiDiscovery(api, clock);
    this.observer = observer;
  }

  /** Throws {@code namespace-ending} when the namespace is about to be gone. */
  @FunctionalInterface
  public interface Alive {
    /** Looks. */
    void check() throws InterruptedException;
  }

  /** What deployments wait for. */
  public CurrentWaits waits() {
    return waits;
  }

  /** Hears what the host is told, to stop waiting when a newer deployment comes. */
  public HostListener listener() {
    return newer;
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
    var superseded = newer.since(application);
    var lock = running.computeIfAbsent(application, _ -> new ReentrantLock());
    lock.lockInterruptibly();
    try {
      context.log().event(event.name());
      patiently(section, event.name(), superseded, context);
    } finally {
      waits.end(context.spec().deploymentId());
      lock.unlock();
    }
  }

  /**
   * What is no longer as the application's last apply left it; nothing when an apply is under way.
   *
   * @throws AgentException when the cluster cannot be asked
   */
  public Optional<List<Drift>> drift(String application) throws InterruptedException {
    var lock = running.computeIfAbsent(application, _ -> new ReentrantLock());
    if (!lock.tryLock()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new DriftLook(api, discovery, inventories).of(application));
    } finally {
      lock.unlock();
    }
  }

  private Optional<ApplySection> section(StepContext context) {
    return context
        .appSpec()
        .flatMap(AppSpec::kodedeploy)
        .map(section -> ApplySection.of(section, settings.defaultWait()));
  }

  /**
   * Applies, and begins again while the API server, or a webhook that it asks, is away: what was
   * done is found done. No longer than the entries' objects may take to become ready.
   */
  private void patiently(
      ApplySection section, String event, BooleanSupplier superseded, StepContext context)
      throws InterruptedException {
    var limit =
        section.in(event).stream()
            .map(ApplyEntry::readyWithin)
            .max(Comparator.naturalOrder())
            .orElseThrow();
    var deadline = clock.instant().plus(limit);
    for (var wait = FIRST_WAIT; ; wait = wait.multipliedBy(2)) {
      try {
        apply(section, event, superseded, context);
        return;
      } catch (AgentException e) {
        var next = wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
        if (e.code() != ErrorCode.CLUSTER_UNREACHABLE
            || superseded.getAsBoolean()
            || clock.instant().plus(next).isAfter(deadline)) {
          throw e;
        }
        waits.begin(context.spec().deploymentId(), String.valueOf(e.getMessage()));
        log(context, "tried again in " + next.toSeconds() + " s: " + e.getMessage());
        Pause.REAL.of(next);
      }
    }
  }

  private static void log(StepContext context, String text) {
    text.lines().forEach(line -> context.log().line("[kodedeploy.apply] " + line));
  }

  private void apply(
      ApplySection section, String event, BooleanSupplier superseded, StepContext context)
      throws InterruptedException {
    Consumer<String> log = line -> log(context, line);
    var application = context.spec().applicationName();
    var target = new ApplyTarget(application, settings.namespace(), settings.clusterScope());
    boolean last = section.isLast(event);
    var plans =
        new BundlePlans(discovery, target, settings)
            .read(section.entries(), entry -> isReadable(entry, event, last, context), context);
    var applier = new Applier(api, inventories, target, Pause.REAL, log);
    var id = context.spec().deploymentId();
    var wait =
        new ReadinessWait(
            api,
            application,
            clock,
            Pause.REAL,
            superseded,
            alive,
            reason -> waits.begin(id, reason),
            log);
    for (var entry : section.in(event)) {
      var plan = plans.get(entry);
      log.accept(entry.path() + ": " + plan.objects().size() + " objects");
      boolean force = entry.force() || context.spec().deploymentCreator().equals(DRIFT_REPAIR);
      var applied = applier.apply(plan, force, observer);
      waits.end(id);
      wait.until(applied, entry.readyWithin());
      waits.end(id);
    }
    if (section.prune() && last) {
      new Pruner(api, discovery, inventories, application, log)
          .prune(keys(plans))
          .forEach(observer);
    }
  }

  /**
   * Whether an entry's files are read now. What a later event applies is read, and so checked,
   * before anything is written, unless a script may still make or change it.
   */
  private static boolean isReadable(
      ApplyEntry entry, String event, boolean last, StepContext context) {
    var now = ApplySection.EVENTS.indexOf(event);
    var then = ApplySection.EVENTS.indexOf(entry.event());
    return then == now
        || (then < now && last)
        || (then > now
            && ApplySection.EVENTS.subList(now, then + 1).stream()
                .allMatch(each -> context.appSpec().orElseThrow().scripts(each).isEmpty()));
  }

  private static Set<ObjectKey> keys(Map<ApplyEntry, ApplyPlan> plans) {
    var keys = new HashSet<ObjectKey>();
    plans.values().forEach(plan -> keys.addAll(plan.keys()));
    return keys;
  }
}
