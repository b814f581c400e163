package io.kodedeploy.core.command;

import io.kodedeploy.core.hook.DeploymentsLog;
import io.kodedeploy.core.hook.ScriptRunner;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.protocol.CallListener;
import io.kodedeploy.core.protocol.CommandService;
import io.kodedeploy.core.protocol.CommandServiceClient;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.core.store.StateFolders;
import io.kodedeploy.core.store.StateLock;
import io.kodedeploy.core.store.TrackingFiles;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A CodeDeploy host: identity, loop, state folder and clients, without any global state. A process
 * may carry many. Safe for many threads; its owner closes it after {@link #run} has returned.
 */
public final class Host implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Host.class);

  /** How long the first poll waits for the reports of what a dead agent left behind. */
  private static final Duration RECOVERY = Duration.ofSeconds(10);

  /** Between two attempts to read the notes. */
  private static final Duration NOTES = Duration.ofSeconds(5);

  private static final Duration PIECE = Duration.ofSeconds(10);

  private final HostSettings settings;
  private final HostIdentity identity;
  private final CommandService service;
  private final BuiltInEvents builtIn;
  private final StateLock lock;
  private final Optional<DeploymentsLog> deploymentsLog;
  private final CommandDispatcher dispatcher;
  private final CommandPool pool;
  private final CommandLoop loop;
  private final RunningCommands running;
  private final Recovery recovery;
  private final Optional<Resumption> resumption;
  private final PollMemory polls;
  private final HostListener heard;
  private final Semaphore wake = new Semaphore(0);
  private final CountDownLatch ended = new CountDownLatch(1);

  Host(
      HostSettings settings,
      HostIdentity identity,
      CommandService service,
      BuiltInEvents builtIn,
      List<LifecycleStep> steps,
      HostListener listener,
      Clock clock) {
    this.settings = settings;
    this.identity = identity;
    this.service = service;
    this.builtIn = builtIn;
    var agent = settings.agent();
    var paths = paths(settings);
    StateFolders.prepare(paths, agent.processRules());
    this.lock = StateLock.take(paths);
    this.deploymentsLog =
        agent.deploymentsLog()
            ? Optional.of(new DeploymentsLog(paths.deploymentsLog(), clock))
            : Optional.empty();
    this.running = new RunningCommands(clock);
    this.polls = new PollMemory(clock);
    this.heard = new SafeListener(HostListener.both(polls, listener));
    var tracking = new TrackingFiles(paths, clock);
    var restoration = new Restoration(settings.notes(), paths, builtIn);
    var notes = new CommandNotes(settings.notes());
    var engine =
        new EventEngine(
            paths,
            builtIn,
            settings
                .elsewhere()
                .orElseGet(
                    () ->
                        new ScriptRunner(
                            settings.environment(),
                            agent.hookRules(),
                            agent.processRules().logFolders(),
                            paths.pipes())),
            settings.scripts(),
            steps,
            deploymentsLog,
            clock,
            restoration);
    this.dispatcher =
        new CommandDispatcher(
            service, settings.acceptance(), engine, tracking, notes, restoration, running, heard);
    this.pool = new CommandPool(wake::release);
    this.loop =
        new CommandLoop(
            service,
            identity.arn(),
            pool,
            dispatcher::process,
            agent.waitBetweenRuns(),
            new Backoff(() -> ThreadLocalRandom.current().nextDouble()),
            clock,
            heard,
            settings.takes(),
            wake);
    this.recovery = new Recovery(tracking, service);
    this.resumption =
        settings
            .notes()
            .map(durable -> new Resumption(durable, notes, restoration, pool, dispatcher::resume));
  }

  /**
   * Opens a host; nothing is sent yet.
   *
   * @param calls hears every call to the command service
   * @throws io.kodedeploy.core.error.AgentException {@code state-locked} when another agent uses
   *     the same root
   * @throws io.kodedeploy.core.config.ConfigRefused when settings and region do not go together
   */
  public static Host open(
      HostSettings settings,
      HostIdentity identity,
      List<LifecycleStep> steps,
      HostListener listener,
      CallListener calls) {
    var service =
        CommandServiceClient.open(settings.agent(), identity, settings.environment(), calls);
    return new Host(
        settings,
        identity,
        service,
        BundleEvents.of(settings, identity, paths(settings)),
        steps,
        listener,
        Clock.system(ZoneId.systemDefault()));
  }

  private static DeploymentPaths paths(HostSettings settings) {
    var agent = settings.agent();
    return new DeploymentPaths(
        agent.rootDirectory(), agent.trackingDirectory(), agent.programName());
  }

  /** As above; nobody hears the calls. */
  public static Host open(
      HostSettings settings,
      HostIdentity identity,
      List<LifecycleStep> steps,
      HostListener listener) {
    return open(settings, identity, steps, listener, CallListener.NOOP);
  }

  /**
   * Recovers, then polls until {@link #stop}; returns when running commands have ended, or when
   * {@code kill_agent_max_wait_time_seconds} have passed: their scripts are left alone then.
   *
   * @throws InterruptedException if the calling thread is interrupted; as after a stop, nothing is
   *     polled any more
   */
  public void run() throws InterruptedException {
    try {
      log.atInfo()
          .addKeyValue("host", identity.arn())
          .addKeyValue("region", identity.region())
          .addKeyValue("identity", identity.description())
          .addKeyValue("endpoint", service.endpoint())
          .addKeyValue("rootDirectory", settings.agent().rootDirectory())
          .log("host starts");
      var resumed = resume();
      if (!loop.stopping()) {
        recover(resumed);
        loop.run();
      }
      boolean drained = drain(settings.stopWait());
      log.atInfo()
          .addKeyValue("drained", drained)
          .log("All agent child threads have been shut down");
    } finally {
      loop.stop();
      ended.countDown();
    }
  }

  /** In pieces, so that the loop is seen to move while commands end. */
  private boolean drain(Duration limit) throws InterruptedException {
    boolean drained = pool.drain(Duration.ZERO);
    for (var rest = limit; !drained && rest.isPositive(); rest = rest.minus(PIECE)) {
      heard.loopTurned();
      drained = pool.drain(rest.compareTo(PIECE) < 0 ? rest : PIECE);
    }
    return drained;
  }

  /**
   * Goes on with what was interrupted; asks until the notes can be read, or until it is stopped.
   */
  private Set<String> resume() throws InterruptedException {
    while (resumption.isPresent() && !loop.stopping()) {
      heard.loopTurned();
      var resumed = resumption.get().run();
      if (resumed.isPresent()) {
        return resumed.get();
      }
      wake.tryAcquire(NOTES.toMillis(), TimeUnit.MILLISECONDS);
    }
    return Set.of();
  }

  private void recover(Set<String> resumed) throws InterruptedException {
    var thread =
        Thread.ofVirtual()
            .name("recovery")
            .start(
                () -> {
                  try {
                    recovery.run(resumed);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    thread.join(RECOVERY);
  }

  /** No new poll from now on. Returns at once; any thread. */
  public void stop() {
    loop.stop();
  }

  /**
   * Ends a host that does not move any more: no new poll, and commands that have not ended in that
   * time are interrupted. Closing it comes after.
   */
  public void abandon(Duration limit) throws InterruptedException {
    loop.stop();
    if (!pool.drain(limit)) {
      pool.interrupt();
      pool.drain(PIECE);
    }
  }

  /**
   * Waits until {@link #run} has returned, for a shutdown hook; false when the limit has passed
   * first.
   */
  public boolean awaitEnd(Duration limit) throws InterruptedException {
    return ended.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Executes an event locally: same engine, same order within the deployment group and same files
   * as a command of the service, but nothing is sent. An event without work succeeds.
   *
   * @throws InterruptedException if the caller is interrupted
   */
  public CommandOutcome execute(DeploymentSpec spec, LifecycleEvent event)
      throws InterruptedException {
    return dispatcher.execute(new CommandInfo("local-" + UUID.randomUUID(), event, spec, true));
  }

  /** Whether it was told to stop. */
  public boolean stopping() {
    return loop.stopping();
  }

  /** What it is doing now. */
  public HostStatus status() {
    var last = polls.last();
    return new HostStatus(
        identity.arn(),
        identity.region(),
        identity.description(),
        service.endpoint(),
        last.map(PollMemory.Last::when),
        polls.lastGood(),
        last.flatMap(PollMemory.Last::problem),
        running.now(),
        loop.stopping());
  }

  /** Stops and releases the state folder; what still runs is left alone. */
  @Override
  public void close() {
    loop.stop();
    service.close();
    builtIn.close();
    try {
      if (deploymentsLog.isPresent()) {
        deploymentsLog.get().close();
      }
    } catch (IOException e) {
      log.atWarn().setCause(e).log("deployments log cannot be closed");
    }
    lock.close();
  }
}
