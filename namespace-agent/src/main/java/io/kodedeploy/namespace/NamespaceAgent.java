package io.kodedeploy.namespace;

import io.kodedeploy.core.command.Host;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.HostObservation;
import io.kodedeploy.core.command.HostSettings;
import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.identity.OnPremisesIdentity;
import io.kodedeploy.core.observe.AgentHealth;
import io.kodedeploy.core.observe.AgentMetrics;
import io.kodedeploy.core.observe.ObserveServer;
import io.kodedeploy.core.record.RecordPublisher;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.core.store.DurableNotes;
import io.kodedeploy.namespace.NamespaceAgentSettings.CatchUpMode;
import io.kodedeploy.namespace.NamespaceAgentSettings.LeaseMode;
import io.kodedeploy.namespace.apply.ApplySettings;
import io.kodedeploy.namespace.apply.ApplyStep;
import io.kodedeploy.namespace.catchup.CatchUpService;
import io.kodedeploy.namespace.catchup.HostTags;
import io.kodedeploy.namespace.cluster.ApplyAccount;
import io.kodedeploy.namespace.cluster.ClusterEvents;
import io.kodedeploy.namespace.cluster.ConfigMapNotes;
import io.kodedeploy.namespace.cluster.ConfigMaps;
import io.kodedeploy.namespace.cluster.EvictionGuard;
import io.kodedeploy.namespace.cluster.Inventories;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.cluster.KubernetesConfig;
import io.kodedeploy.namespace.cluster.LeaseFence;
import io.kodedeploy.namespace.cluster.LeaseTimes;
import io.kodedeploy.namespace.cluster.NamespacePause;
import io.kodedeploy.namespace.cluster.WriterLease;
import io.kodedeploy.namespace.run.HostRules;
import io.kodedeploy.namespace.run.RunStep;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a namespace agent and their order: what the process is made of, on one page. */
final class NamespaceAgent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NamespaceAgent.class);

  /** How long after its last command a pod is guarded: the next event comes within seconds. */
  private static final Duration GUARDED = Duration.ofSeconds(30);

  /**
   * Both files, checked.
   *
   * @param host {@code codedeployagent.yml}
   * @param namespace {@code agent.yml}
   */
  record Configuration(CodeDeployAgentConfig host, NamespaceAgentSettings namespace) {}

  private final Configuration configuration;
  private final Clock clock = Clock.systemUTC();
  private final AgentHealth health = new AgentHealth(clock);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final KubernetesApi api;
  private final Optional<ApplyAccount> account;
  private final Optional<WriterLease> lease;
  private final EvictionGuard eviction;
  private final HostObservation polls;
  private final ClusterEvents events;
  private final NamespaceObservation observation;
  private final CatchUpService catchUp;
  private final RunStep run;
  private final Host host;
  private final NamespaceStatus status;
  private final HostIdentity identity;
  private volatile boolean led;

  private NamespaceAgent(
      Configuration configuration,
      Map<String, String> environment,
      String version,
      HostIdentity identity,
      KubernetesConfig kubernetes,
      Runnable lost) {
    this.configuration = configuration;
    var settings = configuration.namespace();
    var namespace = settings.namespace();
    var metrics = new AgentMetrics(Map.of("target_namespace", namespace), version);
    api = new KubernetesApi(kubernetes::read);
    account =
        settings
            .applyAccount()
            .map(
                name ->
                    new ApplyAccount(
                        api, kubernetes, namespace, name, settings.credentialsFolder(), clock));
    account.ifPresent(one -> health.require("apply-account", one::problem));
    var applyApi = account.map(ApplyAccount::api).orElse(api);
    var pod = Optional.ofNullable(environment.get("POD_NAME")).filter(name -> !name.isBlank());
    events = new ClusterEvents(api, applyApi, namespace, pod, clock);
    eviction = new EvictionGuard(applyApi, namespace, pod, GUARDED);
    lease = lease(environment, lost);
    DurableNotes notes = new ConfigMapNotes(api, namespace, Thread::sleep);
    polls = new HostObservation(health, metrics, clock);
    lease.ifPresent(one -> watch(one, metrics));
    observation = new NamespaceObservation(metrics, events, eviction, clock);
    var maps = new ConfigMaps(api, namespace);
    var pause = new NamespacePause(api, namespace);
    catchUp =
        new CatchUpService(
            new CatchUpService.Settings(
                settings.catchUp() == CatchUpMode.LOCAL,
                instanceName(settings),
                pause::reason,
                HostTags.of(
                    settings.common().environment().orElseThrow(),
                    settings.common().cluster().orElseThrow(),
                    namespace),
                settings.catchUpInterval(),
                settings.acceptance(),
                configuration.host().proxy()),
            identity,
            maps,
            new DeploymentPaths(configuration.host().rootDirectory()),
            clock,
            observation,
            metrics::awsCall);
    var apply =
        new ApplyStep(
            applyApi,
            new Inventories(maps, namespace),
            new ApplySettings(
                namespace,
                settings.applyWait(),
                settings.clusterScope(),
                environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin")),
            clock,
            change -> metrics.applyObjects(change.action().word(), 1));
    run =
        new RunStep(
            applyApi,
            settings.run(),
            new DeploymentPaths(configuration.host().rootDirectory()),
            Path.of(System.getProperty("java.io.tmpdir"), "kodedeploy-" + UUID.randomUUID()),
            clock);
    var rules = new HostRules(settings.run(), System.getProperty("user.name"));
    host =
        Host.open(
            new HostSettings(
                configuration.host(),
                hookEnvironment(environment, settings),
                true,
                settings.acceptance(),
                lease
                    .<DurableNotes>map(one -> new LeaseFence(notes, one, Thread::sleep))
                    .or(() -> Optional.of(notes)),
                () -> lease.isEmpty() || lease.get().holds(),
                settings.stopLimit()),
            identity,
            List.of(new PauseStep(pause), apply, run, rules),
            HostListener.both(
                HostListener.both(polls, HostListener.both(apply.listener(), run.listener())),
                HostListener.both(observation, catchUp.listener())),
            metrics::awsCall);
    polls.watch(identity, host::stopping);
    status =
        new NamespaceStatus(
            version, settings, host, catchUp, observation, events, health, lease, clock);
    this.identity = identity;
  }

  /** As kode init names it; only catch-up asks by it. */
  private static String instanceName(NamespaceAgentSettings settings) {
    return settings.common().environment().orElseThrow()
        + "-"
        + settings.common().cluster().orElseThrow()
        + "-"
        + settings.namespace();
  }

  private Optional<WriterLease> lease(Map<String, String> environment, Runnable lost) {
    var settings = configuration.namespace();
    if (settings.lease() == LeaseMode.OFF) {
      return Optional.empty();
    }
    // The same after a restart of the container, and nobody else's.
    var holder =
        Optional.ofNullable(environment.get("POD_NAME"))
            .filter(name -> !name.isBlank())
            .orElseGet(
                () ->
                    environment.getOrDefault("HOSTNAME", "host")
                        + ":"
                        + configuration.host().rootDirectory());
    var times = settings.lease() == LeaseMode.STANDBY ? LeaseTimes.WITH_STANDBY : LeaseTimes.ALONE;
    return Optional.of(new WriterLease(api, settings.namespace(), holder, times, clock, lost));
  }

  private void watch(WriterLease one, AgentMetrics metrics) {
    metrics.beforeScrape(() -> metrics.leader(one.holds()));
    boolean hasStandby = configuration.namespace().lease() == LeaseMode.STANDBY;
    polls.standsBy(() -> hasStandby && !one.waitsFor().isEmpty());
    health.require(
        "lease",
        () ->
            hasStandby || one.waitsFor().isEmpty()
                ? one.problem()
                : Optional.of("another agent works for this namespace: " + one.waitsFor()));
  }

  /**
   * Reads identity and settings; nothing is sent yet.
   *
   * @param lost runs when another agent has taken over; must end the process
   * @throws ConfigRefused when a setting or the identity is missing or wrong
   * @throws AgentException {@code state-locked} when another agent uses the same folder
   */
  static NamespaceAgent open(
      Configuration configuration, Map<String, String> environment, String version, Runnable lost) {
    var kubernetes =
        KubernetesConfig.choose(
            configuration.namespace().kubeconfig(),
            Optional.ofNullable(environment.get("KUBERNETES_SERVICE_HOST")),
            Optional.ofNullable(environment.get("KUBECONFIG")));
    if (kubernetes.isEmpty()) {
      throw new ConfigRefused(
          List.of(
              "kubernetes.kubeconfig: no API server known: set it, or KUBECONFIG, or run in a"
                  + " pod"));
    }
    var identity = identity(configuration.host(), environment);
    configuration.host().checkRegion(identity.region());
    return new NamespaceAgent(
        configuration, environment, version, identity, kubernetes.get(), lost);
  }

  private static HostIdentity identity(
      CodeDeployAgentConfig host, Map<String, String> environment) {
    try {
      return OnPremisesIdentity.read(host.onPremisesFile(), environment)
          .orElseThrow(
              () ->
                  new ConfigRefused(
                      List.of(
                          "on_premises_config_file: "
                              + host.onPremisesFile()
                              + " is missing or names no host; a namespace agent is always an"
                              + " on-premises instance (kode init makes the file)")));
    } catch (AgentException e) {
      if (e.code() == ErrorCode.IDENTITY_INVALID) {
        throw new ConfigRefused(List.of(e.getMessage()));
      }
      throw e;
    }
  }

  /** Scripts find the cluster as the agent does, with the rights of the apply account. */
  private Map<String, String> hookEnvironment(
      Map<String, String> environment, NamespaceAgentSettings settings) {
    var all = new HashMap<>(environment);
    settings.kubeconfig().ifPresent(file -> all.put("KUBECONFIG", file));
    account.ifPresent(one -> all.put("KUBECONFIG", one.kubeconfig().toString()));
    all.putAll(run.hookVariables());
    return all;
  }

  /** Works until {@link #stop}; returns when running commands have ended. */
  void run() throws InterruptedException {
    if (stopped.getCount() == 0) {
      return;
    }
    var common = configuration.namespace().common();
    try (var _ =
        ObserveServer.start(
            common.serverPort(),
            common.serverAddress(),
            health,
            observation.metrics(),
            status::json)) {
      logSettings();
      health.markStarted();
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
        catchUp.start(host::execute);
        host.run();
        catchUp.close();
        events.close();
      } finally {
        record.ifPresent(RecordPublisher::close);
      }
    }
  }

  private Optional<RecordPublisher> record() {
    var record =
        configuration
            .namespace()
            .common()
            .bucket()
            .map(
                bucket ->
                    RecordPublisher.start(
                        identity,
                        configuration.host().s3Endpoint(),
                        bucket,
                        status::record,
                        () -> observation.metrics().recordWriteFailed()));
    record.ifPresent(publisher -> observation.onRecordChange(publisher::changed));
    return record;
  }

  private void logSettings() {
    var all = new ArrayList<>(configuration.host().effective());
    all.addAll(configuration.namespace().effective());
    all.forEach(
        setting ->
            log.atInfo()
                .addKeyValue("name", setting.key())
                .addKeyValue("value", setting.value())
                .addKeyValue("origin", setting.origin())
                .log("setting"));
    configuration
        .host()
        .warnings()
        .forEach(warning -> log.atWarn().addKeyValue("reason", warning).log("setting ignored"));
  }

  /** No new command from now on; a catch-up under way is broken off. Any thread. */
  void stop() {
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
    api.close();
  }
}
