package io.kodedeploy.namespace;

import io.kodedeploy.core.command.Host;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.HostObservation;
import io.kodedeploy.core.command.HostSettings;
import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.observe.AgentMetrics;
import io.kodedeploy.core.record.RecordPublisher;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.core.store.DurableNotes;
import io.kodedeploy.namespace.NamespaceAgentSettings.CatchUpMode;
import io.kodedeploy.namespace.NamespaceAgentSettings.HookMode;
import io.kodedeploy.namespace.NamespaceAgentSettings.LeaseMode;
import io.kodedeploy.namespace.NamespaceAgentSettings.Mode;
import io.kodedeploy.namespace.apply.ApplySettings;
import io.kodedeploy.namespace.apply.ApplyStep;
import io.kodedeploy.namespace.catchup.CatchUpService;
import io.kodedeploy.namespace.catchup.CatchUpSettings;
import io.kodedeploy.namespace.catchup.HostTags;
import io.kodedeploy.namespace.cluster.ApplyAccount;
import io.kodedeploy.namespace.cluster.ClusterBoard;
import io.kodedeploy.namespace.cluster.ClusterEvents;
import io.kodedeploy.namespace.cluster.ConfigMapNotes;
import io.kodedeploy.namespace.cluster.ConfigMaps;
import io.kodedeploy.namespace.cluster.EvictionGuard;
import io.kodedeploy.namespace.cluster.Inventories;
import io.kodedeploy.namespace.cluster.LeaseFence;
import io.kodedeploy.namespace.cluster.LeaseTimes;
import io.kodedeploy.namespace.cluster.NamespacePause;
import io.kodedeploy.namespace.cluster.WriterLease;
import io.kodedeploy.namespace.run.HostRules;
import io.kodedeploy.namespace.run.RunStep;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.JsonNode;

/**
 * Everything that belongs to one namespace: identity, engine, Lease, catch-up, apply, run, status
 * and its part of health, without any global state. A process may carry many.
 */
final class NamespaceHost implements CarriedHost {
  /** How long after its last command a pod is guarded: the next event comes within seconds. */
  private static final Duration GUARDED = Duration.ofSeconds(30);

  private final CodeDeployAgentConfig agent;
  private final NamespaceAgentSettings settings;
  private final HostSurroundings process;
  private final HostIdentity identity;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Optional<ApplyAccount> account;
  private final Optional<WriterLease> lease;
  private final EvictionGuard eviction;
  private final HostObservation polls;
  private final ClusterEvents events;
  private final NamespaceObservation observation;
  private final CatchUpService catchUp;
  private final ApplyStep apply;
  private final RunStep run;
  private final Host host;
  private final NamespaceStatus status;
  private volatile boolean led;

  private NamespaceHost(
      CodeDeployAgentConfig agent,
      NamespaceAgentSettings settings,
      HostSurroundings process,
      HostIdentity identity) {
    this.agent = agent;
    this.settings = settings;
    this.process = process;
    this.identity = identity;
    var namespace = settings.namespace();
    boolean many = settings.mode() == Mode.SHARED;
    var clock = process.clock();
    var metrics = process.metrics();
    var health = process.health();
    var paths = new DeploymentPaths(agent.rootDirectory());
    var api = process.api();
    account =
        settings
            .applyAccount()
            .map(
                name ->
                    new ApplyAccount(
                        api,
                        process.connections(),
                        process.kubernetes(),
                        namespace,
                        name,
                        settings.credentialsFolder(),
                        clock));
    account.ifPresent(one -> health.require("apply-account", one::problem));
    var applyApi = account.map(ApplyAccount::api).orElse(api);
    // Of many hosts none has a pod in its namespace.
    var pod = process.variable("POD_NAME").filter(_ -> !many);
    events = new ClusterEvents(api, applyApi, namespace, pod, clock);
    eviction = new EvictionGuard(applyApi, namespace, pod, GUARDED);
    lease = lease();
    DurableNotes notes = new ConfigMapNotes(api, namespace, Thread::sleep);
    polls = new HostObservation(health, metrics, clock);
    lease.ifPresent(one -> watch(one, metrics));
    observation = new NamespaceObservation(metrics, events, eviction, clock);
    var maps = new ConfigMaps(api, namespace);
    var pause = new NamespacePause(api, namespace);
    catchUp =
        new CatchUpService(
            new CatchUpSettings(
                settings.catchUp() != CatchUpMode.OFF,
                settings.catchUp() == CatchUpMode.CODEDEPLOY,
                namespace,
                instanceName(settings),
                pause::reason,
                HostTags.of(
                    settings.common().environment().orElseThrow(),
                    settings.common().cluster().orElseThrow(),
                    namespace),
                settings.catchUpInterval(),
                settings.drift(),
                settings
                    .clusterNamespace()
                    .map(shared -> new ClusterBoard(api, shared, namespace, clock)),
                settings.shareGroups(),
                settings.waveLimit(),
                settings.acceptance(),
                process.budget(),
                agent.proxy()),
            identity,
            maps,
            paths,
            clock,
            observation,
            metrics::awsCall);
    apply =
        new ApplyStep(
            applyApi,
            new Inventories(maps, namespace),
            new ApplySettings(
                namespace,
                settings.applyWait(),
                settings.clusterScope(),
                many ? "" : process.variable("PATH").orElse("/usr/local/bin:/usr/bin:/bin"),
                settings.run().protection()),
            pause::reason,
            clock,
            change -> metrics.applyObjects(change.action().word(), 1));
    run =
        new RunStep(
            applyApi,
            settings.run(),
            process.bundles(),
            paths,
            Path.of(System.getProperty("java.io.tmpdir"), "kodedeploy-" + UUID.randomUUID()),
            clock);
    var rules = new HostRules(settings.run(), System.getProperty("user.name"));
    try {
      host =
          Host.open(
              new HostSettings(
                  agent,
                  hookEnvironment(),
                  true,
                  settings.acceptance(),
                  lease
                      .<DurableNotes>map(one -> new LeaseFence(notes, one, Thread::sleep))
                      .or(() -> Optional.of(notes)),
                  () -> lease.isEmpty() || lease.get().holds(),
                  settings.stopLimit(),
                  settings.hooks() == HookMode.JOB ? Optional.of(run.scripts()) : Optional.empty()),
              identity,
              List.of(
                  new PauseStep(pause),
                  new EndingNamespace(apply, pause),
                  new EndingNamespace(run, pause),
                  rules),
              HostListener.both(
                  HostListener.both(polls, HostListener.both(apply.listener(), run.listener())),
                  HostListener.both(observation, catchUp.listener())),
              metrics::awsCall);
    } catch (RuntimeException e) { // whoever tries again must not find what this one left
      eviction.close();
      account.ifPresent(ApplyAccount::close);
      throw e;
    }
    polls.watch(identity, host::stopping);
    status =
        new NamespaceStatus(
            process.version(),
            settings,
            host,
            catchUp,
            observation,
            events,
            health,
            lease,
            new StatusWaits(List.of(api.trouble(), applyApi.trouble()), namespace, apply.waits()),
            clock);
  }

  /** As kode init names it; only catch-up asks by it. */
  private static String instanceName(NamespaceAgentSettings settings) {
    return settings.common().environment().orElseThrow()
        + "-"
        + settings.common().cluster().orElseThrow()
        + "-"
        + settings.namespace();
  }

  private Optional<WriterLease> lease() {
    if (settings.lease() == LeaseMode.OFF) {
      return Optional.empty();
    }
    // The same after a restart of the container, and nobody else's.
    var holder =
        process
            .variable("POD_NAME")
            .orElseGet(
                () -> process.variable("HOSTNAME").orElse("host") + ":" + agent.rootDirectory());
    var times = settings.lease() == LeaseMode.STANDBY ? LeaseTimes.WITH_STANDBY : LeaseTimes.ALONE;
    return Optional.of(
        new WriterLease(
            process.api(), settings.namespace(), holder, times, process.clock(), process.lost()));
  }

  private void watch(WriterLease one, AgentMetrics metrics) {
    metrics.beforeScrape(() -> metrics.leader(one.holds()));
    boolean hasStandby = settings.lease() == LeaseMode.STANDBY;
    polls.standsBy(() -> hasStandby && !one.waitsFor().isEmpty());
    process
        .health()
        .require(
            "lease",
            () ->
                hasStandby || one.waitsFor().isEmpty()
                    ? one.problem()
                    : Optional.of("another agent works for this namespace: " + one.waitsFor()));
  }

  /**
   * Reads the identity; nothing is sent yet.
   *
   * @throws ConfigRefused when the identity is missing or wrong
   * @throws AgentException {@code state-locked} when another agent uses the same folder
   */
  static NamespaceHost open(
      CodeDeployAgentConfig agent, NamespaceAgentSettings settings, HostSurroundings process) {
    var identity = OwnIdentity.read(agent, process.environment());
    agent.checkRegion(identity.region());
    return new NamespaceHost(agent, settings, process, identity);
  }

  /** Scripts find the cluster as the agent does, with the rights of the apply account. */
  private Map<String, String> hookEnvironment() {
    var all = new HashMap<>(process.environment());
    settings.kubeconfig().ifPresent(file -> all.put("KUBECONFIG", file));
    account.ifPresent(one -> all.put("KUBECONFIG", one.kubeconfig().toString()));
    all.putAll(run.hookVariables());
    return all;
  }

  @Override
  public void run() throws InterruptedException {
    if (stopped.getCount() == 0) {
      return;
    }
    account.ifPresent(ApplyAccount::start);
    lease.ifPresent(WriterLease::start);
    if (lease.isPresent() && !lease.get().await(() -> stopped.getCount() == 0, polls::waiting)) {
      return;
    }
    led = true;
    run.tidy();
    eviction.start();
    var record = record();
    try {
      catchUp.start(host::execute, apply::drift, ApplyStep.DRIFT_REPAIR);
      host.run();
      catchUp.close();
      events.close();
    } finally {
      record.ifPresent(RecordPublisher::close);
    }
  }

  private Optional<RecordPublisher> record() {
    var record =
        settings
            .common()
            .bucket()
            .map(
                bucket ->
                    RecordPublisher.start(
                        identity,
                        agent.s3Endpoint(),
                        bucket,
                        status::record,
                        () -> observation.metrics().recordWriteFailed()));
    record.ifPresent(publisher -> observation.onRecordChange(publisher::changed));
    return record;
  }

  @Override
  public JsonNode status() {
    return status.json();
  }

  @Override
  public void abandon(Duration limit) throws InterruptedException {
    stop();
    host.abandon(limit);
  }

  @Override
  public void stop() {
    stopped.countDown();
    host.stop();
    catchUp.stop();
  }

  @Override
  public void close() {
    if (led) {
      catchUp.close();
    }
    host.close();
    eviction.close();
    lease.ifPresent(WriterLease::close);
    run.close();
    events.close();
    account.ifPresent(ApplyAccount::close);
  }
}
