package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.command.CommandOutcome;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.protocol.CallListener;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.namespace.cluster.ConfigMaps;
import io.kodedeploy.namespace.manifest.Drift;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The catch-up of one host, and the record of what is installed that it needs. Owns its threads.
 * With {@code off} only the record is kept.
 */
public final class CatchUpService implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CatchUpService.class);

  /** Carries out one event here: the host's {@code execute}. */
  @FunctionalInterface
  public interface Engine {
    /** Carries it out and waits for its end. */
    CommandOutcome execute(DeploymentSpec spec, LifecycleEvent event) throws InterruptedException;
  }

  /** Tells whether nothing may be brought here now. */
  @FunctionalInterface
  public interface Pause {
    /** Why, or empty. */
    Optional<String> reason() throws InterruptedException;
  }

  /** Compares what was applied with the cluster. */
  @FunctionalInterface
  public interface DriftLook {
    /** What differs; nothing while the application is being applied. */
    Optional<List<Drift>> of(String application) throws InterruptedException;
  }

  /** Hears of progress. Called on the catch-up's threads: answers quickly. */
  public interface Observer {
    /** The applications' states, after each change. */
    void statuses(Collection<ApplicationStatus> statuses);

    /** Every application is what it should be, that long after the agent began to look. */
    void parity(Duration elapsed);

    /** Why the last round could not look; empty when it could. */
    void problem(String reason);

    /** What differs from what was applied, for every application that was looked at. */
    void drift(Map<String, List<Drift>> drifts);
  }

  private final CatchUpSettings settings;
  private final InstallationStore store;
  private final InstallationListener listener;
  private final GroupSources sources;
  private final Clock clock;
  private final Observer observer;
  private final CatchUpLoop loop;
  private @Nullable CatchUp catchUp;
  private @Nullable DriftWatch drift;
  private @Nullable Thread thread;
  private @Nullable Thread driftThread;

  /**
   * A catch-up that is not running yet.
   *
   * @param calls sees every call to CodeDeploy, for metrics
   */
  public CatchUpService(
      CatchUpSettings settings,
      HostIdentity identity,
      ConfigMaps maps,
      DeploymentPaths paths,
      Clock clock,
      Observer observer,
      CallListener calls) {
    this.settings = settings;
    this.clock = clock;
    this.observer = observer;
    this.store = new InstallationStore(maps, paths.root().resolve("kodedeploy-state.json"));
    this.sources = new GroupSources(settings, identity, clock, calls);
    this.loop =
        new CatchUpLoop(
            this::round,
            store::save,
            settings.interval(),
            new CatchUpLoop.Listener() {
              @Override
              public void parity(Duration elapsed) {
                log.atInfo()
                    .addKeyValue("applications", statuses().size())
                    .addKeyValue("elapsedMs", elapsed.toMillis())
                    .log("every application is what its groups want");
                observer.parity(elapsed);
              }

              @Override
              public void problem(String reason) {
                observer.problem(reason);
              }
            },
            System::nanoTime,
            () -> ThreadLocalRandom.current().nextDouble());
    this.listener =
        new InstallationListener(
            store,
            paths,
            clock,
            command -> {
              deployed(command.spec().applicationName());
              observer.statuses(statuses());
              if (command.local() || !settings.enabled()) {
                loop.askToSave();
              } else {
                loop.deployed();
              }
            },
            this::connected);
  }

  private void connected() {
    CatchUp current;
    synchronized (this) {
      current = catchUp;
    }
    if (current != null) {
      current.reconnected();
    }
    loop.connected();
  }

  /** What the host has to tell. */
  public HostListener listener() {
    return listener;
  }

  private void deployed(String application) {
    DriftWatch watch;
    synchronized (this) {
      watch = drift;
    }
    if (watch != null) {
      watch.forget(application);
    }
  }

  /**
   * Begins; the engine is called from now on.
   *
   * @param repairs creator of the deployments that repair drift: the engine takes fields over then
   */
  public synchronized void start(Engine engine, DriftLook look, String repairs) {
    var board = new StatusBoard(store, clock, observer::statuses);
    var current =
        new CatchUp(
            sources.source(),
            new CatchUp.Self(
                settings.instance(),
                settings.host(),
                settings.acceptance(),
                settings.pause(),
                settings.interval()),
            store,
            board,
            new Bringer(engine, listener, board, clock),
            new WaveGate(
                settings.board(),
                new WaveGate.Settings(
                    settings.namespace(),
                    settings.waveLimit(),
                    settings.interval().multipliedBy(3)),
                clock,
                Thread::sleep),
            settings.byService()
                ? Optional.of(
                    new ServiceBringer(
                        new ServiceDeployer(sources.ownCalls(), settings.instance()), board))
                : Optional.empty(),
            clock);
    catchUp = current;
    if (settings.drift().mode() != DriftSettings.Mode.OFF) {
      var watch =
          new DriftWatch(
              settings.drift(),
              look,
              this::undisturbed,
              application -> current.repair(application, repairs),
              observer::drift,
              clock,
              () -> ThreadLocalRandom.current().nextDouble());
      drift = watch;
      driftThread = Thread.ofVirtual().name("drift").start(() -> run(watch));
    }
    thread = Thread.ofVirtual().name("catch-up").start(this::run);
  }

  /** The applications as they were seen last; without catch-up, what is installed. */
  public Collection<ApplicationStatus> statuses() {
    CatchUp current;
    synchronized (this) {
      current = catchUp;
    }
    if (settings.enabled() && current != null) {
      return current.snapshot();
    }
    return store.all().stream().map(this::unknown).toList();
  }

  /** Applications whose objects should be as they were applied. */
  private Collection<String> undisturbed() {
    return statuses().stream()
        .filter(
            one ->
                settings.enabled()
                    ? one.state() == ApplicationStatus.State.CURRENT
                    : !one.installed().isEmpty())
        .map(ApplicationStatus::application)
        .toList();
  }

  /** What of an application differs from what was applied; nothing before the first look. */
  public Optional<DriftFinding> drift(String application) {
    DriftWatch watch;
    synchronized (this) {
      watch = drift;
    }
    return watch == null ? Optional.empty() : watch.finding(application);
  }

  private ApplicationStatus unknown(Installation installation) {
    return new ApplicationStatus(
            installation.application(),
            ApplicationStatus.State.UNKNOWN,
            "",
            "",
            false,
            "",
            "",
            "",
            new ApplicationStatus.Why(
                "",
                settings.enabled() ? "not looked yet" : "catch-up is off",
                "",
                settings.enabled() ? NextAttempt.NEXT_LOOK : NextAttempt.NEW_DEPLOYMENT),
            clock.instant())
        .with(installation.installed());
  }

  private CatchUpLoop.RoundResult round() throws InterruptedException {
    CatchUp current;
    synchronized (this) {
      current = catchUp;
    }
    if (!settings.enabled() || current == null) {
      store.load();
      store.save();
      return new CatchUpLoop.RoundResult(false, false);
    }
    return current.round();
  }

  private void run(DriftWatch watch) {
    try {
      watch.run();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("the watch for drift has ended, restart the agent");
      observer.problem("the watch for drift broke: " + e);
    }
  }

  private void run() {
    try {
      loop.run();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("catch-up has ended, restart the agent");
      observer.problem("catch-up broke: " + e);
    }
  }

  /** No new round from now on; what is running is interrupted. */
  public synchronized void stop() {
    loop.stop();
    if (thread != null) {
      thread.interrupt();
    }
    if (driftThread != null) {
      driftThread.interrupt();
    }
  }

  /** Ends the loop and saves the record. */
  @Override
  public void close() {
    stop();
    var running = new ArrayList<Thread>();
    synchronized (this) {
      Stream.of(thread, driftThread).filter(Objects::nonNull).forEach(running::add);
    }
    try {
      for (var one : running) {
        one.join(Duration.ofSeconds(10));
      }
      listener.close();
      store.save();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.atWarn().setCause(e).log("record cannot be saved, the local copy has it");
    }
    sources.close();
  }
}
