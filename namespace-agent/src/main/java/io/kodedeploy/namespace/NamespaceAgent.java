package io.kodedeploy.namespace;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.observe.AgentHealth;
import io.kodedeploy.core.observe.AgentMetrics;
import io.kodedeploy.core.observe.ObserveServer;
import io.kodedeploy.namespace.cluster.KubernetesConfig;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process of a namespace agent: its settings, its server, its end, and the host it carries. */
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
  private final HostSurroundings process;
  private final NamespaceHost host;
  private final AtomicBoolean stopped = new AtomicBoolean();

  private NamespaceAgent(
      Configuration configuration, HostSurroundings process, NamespaceHost host) {
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
    var process =
        new HostSurroundings(
            environment,
            version,
            kubernetes(settings, environment),
            new AgentHealth(clock),
            new AgentMetrics(Map.of("target_namespace", settings.namespace()), version),
            clock,
            lost);
    return new NamespaceAgent(
        configuration, process, NamespaceHost.open(configuration.host(), settings, process));
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
  }
}
