package io.kodedeploy.node;

import io.kodedeploy.core.config.AgentOptions;
import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.observe.AgentLogging;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node agent's process. Exit codes: 0 after SIGTERM, 1 when the agent cannot work here (another
 * one holds its state), 2 when configuration is refused.
 */
public final class NodeAgentMain {
  private NodeAgentMain() {}

  /** Starts the process. */
  public static void main(String[] args) throws InterruptedException {
    AgentLogging.start();
    System.exit(run(args, System.getenv()));
  }

  private static int run(String[] args, Map<String, String> environment)
      throws InterruptedException {
    Configuration configuration;
    try {
      configuration = Configuration.read(args, environment);
    } catch (ConfigRefused e) {
      e.violations().forEach(v -> System.err.println("node-agent: " + v));
      return 2;
    }
    AgentLogging.level(
        configuration.agent().verbose()
            ? "debug"
            : configuration.node().common().logLevel().name());
    AgentLogging.officialFile(
        configuration.agent().logDirectory(), configuration.agent().programName());
    var shutdown = Shutdown.install(configuration.agent().stopWait());
    int code = 1;
    try (var agent = NodeAgent.open(configuration, environment, version())) {
      shutdown.onStop(agent::stop);
      agent.run();
      code = 0;
    } catch (ConfigRefused e) {
      e.violations().forEach(v -> System.err.println("node-agent: " + v));
      code = 2;
    } catch (AgentException e) {
      System.err.println(
          "node-agent: " + e.code().id() + ": " + e.getMessage() + ". " + e.code().remedy());
    } finally {
      shutdown.finished(code);
    }
    return code;
  }

  private static String version() {
    return Optional.ofNullable(NodeAgentMain.class.getPackage().getImplementationVersion())
        .orElse("unpackaged");
  }

  /**
   * Both files, checked.
   *
   * @param agent {@code codedeployagent.yml}
   * @param node {@code agent.yml}
   */
  record Configuration(CodeDeployAgentConfig agent, NodeAgentSettings node) {
    private static final Logger log = LoggerFactory.getLogger(NodeAgentMain.class);

    static Configuration read(String[] args, Map<String, String> environment) {
      var options = AgentOptions.parse(args);
      var violations = new ArrayList<String>();
      Optional<CodeDeployAgentConfig> agent = Optional.empty();
      Optional<NodeAgentSettings> node = Optional.empty();
      try {
        agent = Optional.of(CodeDeployAgentConfig.read(options.configFile()));
      } catch (ConfigRefused e) {
        violations.addAll(e.violations());
      }
      try {
        node =
            Optional.of(
                NodeAgentSettings.read(
                    options.settings(), options.settingsRequired(), environment));
      } catch (ConfigRefused e) {
        violations.addAll(e.violations());
      }
      if (agent.isEmpty() || node.isEmpty()) {
        throw new ConfigRefused(violations);
      }
      return new Configuration(agent.get(), node.get());
    }

    /** Logs every setting with value and origin, and what has no effect. */
    void log() {
      var all = new ArrayList<>(agent.effective());
      all.addAll(node.effective());
      all.forEach(
          s ->
              log.atInfo()
                  .addKeyValue("name", s.key())
                  .addKeyValue("value", s.value())
                  .addKeyValue("origin", s.origin())
                  .log("setting"));
      agent.warnings().forEach(w -> log.atWarn().addKeyValue("reason", w).log("setting ignored"));
    }
  }
}
