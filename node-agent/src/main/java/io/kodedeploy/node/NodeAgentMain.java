package io.kodedeploy.node;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.error.AgentException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node agent's process. Exit codes: 0 after SIGTERM, 1 when the agent cannot work here (another
 * one holds its state), 2 when configuration is refused.
 */
public final class NodeAgentMain {
  private static final Path DEFAULT_SETTINGS = Path.of("/etc/kodedeploy/agent.yml");
  private static final String USAGE =
      "usage: java -jar node-agent.jar [--config-file codedeployagent.yml] [--settings agent.yml]";

  private NodeAgentMain() {}

  /** Starts the process. */
  public static void main(String[] args) throws InterruptedException {
    System.exit(run(List.of(args), System.getenv()));
  }

  private static int run(List<String> args, Map<String, String> environment)
      throws InterruptedException {
    Configuration configuration;
    try {
      configuration = Configuration.read(args, environment);
    } catch (ConfigRefused e) {
      e.violations().forEach(v -> System.err.println("node-agent: " + v));
      return 2;
    }
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

    static Configuration read(List<String> args, Map<String, String> environment) {
      Optional<Path> agentFile = Optional.empty();
      Optional<Path> settingsFile = Optional.empty();
      for (int i = 0; i < args.size(); i += 2) {
        if (i + 1 == args.size()) {
          throw new ConfigRefused(List.of(args.get(i) + " needs a value", USAGE));
        }
        var value = Path.of(args.get(i + 1));
        switch (args.get(i)) {
          case "--config-file" -> agentFile = Optional.of(value);
          case "--settings" -> settingsFile = Optional.of(value);
          default -> throw new ConfigRefused(List.of("unknown option " + args.get(i), USAGE));
        }
      }
      return read(agentFile, settingsFile, environment);
    }

    private static Configuration read(
        Optional<Path> agentFile, Optional<Path> settingsFile, Map<String, String> environment) {
      var violations = new ArrayList<String>();
      Optional<CodeDeployAgentConfig> agent = Optional.empty();
      Optional<NodeAgentSettings> node = Optional.empty();
      try {
        agent =
            Optional.of(
                CodeDeployAgentConfig.read(
                    agentFile.orElseGet(CodeDeployAgentConfig::defaultFile)));
      } catch (ConfigRefused e) {
        violations.addAll(e.violations());
      }
      try {
        node =
            Optional.of(
                NodeAgentSettings.read(
                    settingsFile.orElse(DEFAULT_SETTINGS), settingsFile.isPresent(), environment));
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
