package io.kodedeploy.namespace;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.observe.AgentHealth;
import io.kodedeploy.core.observe.AgentMetrics;
import io.kodedeploy.core.observe.ObserveServer;
import io.kodedeploy.namespace.NamespaceAgentSettings.Mode;
import io.kodedeploy.namespace.catchup.CallBudget;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.cluster.KubernetesConfig;
import io.kodedeploy.namespace.run.BundleServer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of a namespace agent: its settings, its server, its end, and the host or hosts it
 * carries.
 */
final class NamespaceAgent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NamespaceAgent.class);

  /**
   * Both files, checked.
   *
   * @param host {@code codedeployagent.yml}
   * @param namespace {@code agent.yml}
   * @param file where that is
   */
  record Configuration(CodeDeployAgentConfig host, NamespaceAgentSettings namespace, Path file) {}

  private final Configuration configuration;
  private final HostSurroundings process;
  private final CarriedHost host;
  private final AtomicBoolean stopped = new AtomicBoolean();

  private NamespaceAgent(Configuration configuration, HostSurroundings process, CarriedHost host) {
    this.configuration = configuration;
    this.process = process;
    this.host = host;
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
    var settings = configuration.namespace();
    var clock = Clock.systemUTC();
    var kubernetes = kubernetes(settings, environment);
    boolean many = settings.mode() == Mode.SHARED;
    var process =
        new HostSurroundings(
            environment,
            version,
            kubernetes,
            new KubernetesApi(kubernetes::read),
            KubernetesApi.anonymous(kubernetes),
            new BundleServer(settings.run()),
            many ? Optional.of(CallBudget.ofManyHosts()) : Optional.empty(),
            new AgentHealth(clock),
            many
                ? AgentMetrics.ofManyHosts()
                : new AgentMetrics(Map.of("target_namespace", settings.namespace()), version),
            clock,
            lost);
    return new NamespaceAgent(
        configuration,
        process,
        many
            ? hosts(configuration, process)
            : NamespaceHost.open(configuration.host(), settings, process));
  }

  private static SharedHosts hosts(Configuration configuration, HostSurroundings process) {
    var shared = configuration.namespace().shared();
    return new SharedHosts(
        configuration.namespace(),
        process.version(),
        (namespace, health, metrics, lost) ->
            NamespaceHost.open(
                configuration
                    .host()
                    .forHost(
                        configuration.host().rootDirectory().resolve(namespace),
                        SharedHosts.identity(shared, namespace)),
                NamespaceAgentSettings.ofNamespace(
                    configuration.file(),
                    SharedHosts.file(shared, namespace),
                    namespace,
                    process.environment()),
                process.forHost(health, metrics, lost)),
        process.health(),
        process.metrics(),
        process.clock());
  }

  private static KubernetesConfig kubernetes(
      NamespaceAgentSettings settings, Map<String, String> environment) {
    return KubernetesConfig.choose(
            settings.kubeconfig(),
            Optional.ofNullable(environment.get("KUBERNETES_SERVICE_HOST")),
            Optional.ofNullable(environment.get("KUBECONFIG")))
        .orElseThrow(
            () ->
                new ConfigRefused(
                    List.of(
                        "kubernetes.kubeconfig: no API server known: set it, or KUBECONFIG, or run"
                            + " in a pod")));
  }

  /** Works until {@link #stop}; returns when running commands have ended. */
  void run() throws InterruptedException {
    if (stopped.get()) {
      return;
    }
    var common = configuration.namespace().common();
    try (var _ =
        ObserveServer.start(
            common.serverPort(),
            common.serverAddress(),
            process.health(),
            process.metrics(),
            host::status)) {
      logSettings();
      process.health().markStarted();
      host.run();
    }
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
    stopped.set(true);
    host.stop();
  }

  @Override
  public void close() {
    host.close();
    process.close();
  }
}
