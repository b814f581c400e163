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
import io.kodedeploy.namespace.NamespaceAgentSettings.CatchUpMode;
import io.kodedeploy.namespace.apply.ApplyStep;
import io.kodedeploy.namespace.catchup.CatchUpService;
import io.kodedeploy.namespace.catchup.HostTags;
import io.kodedeploy.namespace.cluster.ClusterEvents;
import io.kodedeploy.namespace.cluster.ConfigMapNotes;
import io.kodedeploy.namespace.cluster.ConfigMaps;
import io.kodedeploy.namespace.cluster.Inventories;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.cluster.KubernetesConfig;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a namespace agent and their order: what the process is made of, on one page. */
final class NamespaceAgent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NamespaceAgent.class);

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
  private final ClusterEvents events;
  private final NamespaceObservation observation;
  private final CatchUpService catchUp;
  private final Host host;
  private final NamespaceStatus status;
  private final HostIdentity identity;

  private NamespaceAgent(
      Configuration configuration,
      Map<String, String> environment,
      String version,
      HostIdentity identity,
      KubernetesConfig kubernetes) {
    this.configuration = configuration;
    var settings = configuration.namespace();
    var namespace = settings.namespace();
    var metrics = new AgentMetrics(Map.of("target_namespace", namespace), version);
    api = new KubernetesApi(kubernetes::read);
    events =
        new ClusterEvents(
            api,
            namespace,
            Optional.ofNullable(environment.get("POD_NAME")).filter(name -> !name.isBlank()),
            clock);
    var polls = new HostObservation(health, metrics, clock);
    observation = new NamespaceObservation(metrics, events, clock);
    var maps = new ConfigMaps(api, namespace);
    catchUp =
        new CatchUpService(
            new CatchUpService.Settings(
                settings.catchUp() == CatchUpMode.LOCAL,
                new HostTags(
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
            api,
            new Inventories(maps, namespace),
            namespace,
            settings.applyWait(),
            clock,
            change -> metrics.applyObjects(change.action().word(), 1));
    host =
        Host.open(
            new HostSettings(
                configuration.host(),
                hookEnvironment(environment, settings),
                true,
                settings.acceptance(),
                Optional.of(new ConfigMapNotes(api, namespace, Thread::sleep))),
            identity,
            List.of(apply),
            HostListener.both(polls, HostListener.both(observation, catchUp.listener())),
            metrics::awsCall);
    polls.watch(identity, host::stopping);
    status =
        new NamespaceStatus(version, settings, host, catchUp, observation, events, health, clock);
    this.identity = identity;
  }

  /**
   * Reads identity and settings; nothing is sent yet.
   *
   * @throws ConfigRefused when a setting or the identity is missing or wrong
   * @throws AgentException {@code state-locked} when another agent uses the same folder
   */
  static NamespaceAgent open(
      Configuration configuration, Map<String, String> environment, String version) {
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
    return new NamespaceAgent(configuration, environment, version, identity, kubernetes.get());
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

  /** Scripts find the cluster as the agent does. */
  private static Map<String, String> hookEnvironment(
      Map<String, String> environment, NamespaceAgentSettings settings) {
    var all = new HashMap<>(environment);
    settings.kubeconfig().ifPresent(file -> all.put("KUBECONFIG", file));
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
    catchUp.close();
    host.close();
    events.close();
    api.close();
  }
}
