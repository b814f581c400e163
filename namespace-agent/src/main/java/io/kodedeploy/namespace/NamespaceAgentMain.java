package io.kodedeploy.namespace;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.observe.AgentLogging;
import io.kodedeploy.namespace.NamespaceAgentSettings.Mode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The namespace agent's process. Exit codes: 0 after SIGTERM, 1 when the agent cannot work here, 2
 * when configuration is refused, 3 when another agent has taken this one's place.
 */
public final class NamespaceAgentMain {
  private static final Path DEFAULT_SETTINGS = Path.of("/etc/kodedeploy/agent.yml");
  private static final String USAGE =
      "usage: java -jar namespace-agent.jar [--config-file codedeployagent.yml]"
          + " [--settings agent.yml]";

  private NamespaceAgentMain() {}

  /** Starts the process. */
  public static void main(String[] args) throws InterruptedException {
    AgentLogging.start();
    System.exit(run(List.of(args), System.getenv()));
  }

  private static int run(List<String> args, Map<String, String> environment)
      throws InterruptedException {
    NamespaceAgent.Configuration configuration;
    try {
      configuration = configuration(args, environment);
    } catch (ConfigRefused e) {
      e.violations().forEach(violation -> System.err.println("namespace-agent: " + violation));
      return 2;
    }
    AgentLogging.level(
        configuration.host().verbose()
            ? "debug"
            : configuration.namespace().common().logLevel().name());
    AgentLogging.officialFile(
        configuration.host().logDirectory(), configuration.host().programName());
    var shutdown =
        new Shutdown(
            shorter(configuration.host().stopWait(), configuration.namespace().stopLimit()));
    var code = 1;
    if (configuration.namespace().mode() == Mode.PER_NAMESPACE) { // else each host sees to its own
      var wait = new IdentityWait(configuration, environment, version());
      shutdown.stops(wait::stop);
      if (!wait.await()) {
        shutdown.closed(0);
        return 0;
      }
    }
    Runnable lost = () -> Runtime.getRuntime().halt(3); // no word more: the other one has the word
    try (var agent = NamespaceAgent.open(configuration, environment, version(), lost)) {
      shutdown.stops(agent::stop);
      agent.run();
      code = 0;
    } catch (ConfigRefused e) {
      e.violations().forEach(violation -> System.err.println("namespace-agent: " + violation));
      code = 2;
    } catch (AgentException e) {
      System.err.println(
          "namespace-agent: " + e.code().id() + ": " + e.getMessage() + ". " + e.code().remedy());
    } finally {
      shutdown.closed(code);
    }
    return code;
  }

  private static NamespaceAgent.Configuration configuration(
      List<String> args, Map<String, String> environment) {
    Optional<Path> hostFile = Optional.empty();
    Optional<Path> settingsFile = Optional.empty();
    for (var i = 0; i < args.size(); i += 2) {
      if (i + 1 == args.size()) {
        throw new ConfigRefused(List.of(args.get(i) + " needs a value", USAGE));
      }
      switch (args.get(i)) {
        case "--config-file" -> hostFile = Optional.of(Path.of(args.get(i + 1)));
        case "--settings" -> settingsFile = Optional.of(Path.of(args.get(i + 1)));
        default -> throw new ConfigRefused(List.of("unknown option " + args.get(i), USAGE));
      }
    }
    var violations = new ArrayList<String>();
    Optional<CodeDeployAgentConfig> host = Optional.empty();
    Optional<NamespaceAgentSettings> settings = Optional.empty();
    try {
      host =
          Optional.of(
              CodeDeployAgentConfig.read(hostFile.orElseGet(CodeDeployAgentConfig::defaultFile)));
    } catch (ConfigRefused e) {
      violations.addAll(e.violations());
    }
    try {
      settings =
          Optional.of(
              NamespaceAgentSettings.read(
                  settingsFile.orElse(DEFAULT_SETTINGS), settingsFile.isPresent(), environment));
    } catch (ConfigRefused e) {
      violations.addAll(e.violations());
    }
    if (host.isEmpty() || settings.isEmpty()) {
      throw new ConfigRefused(violations);
    }
    return new NamespaceAgent.Configuration(
        host.get(), settings.get(), settingsFile.orElse(DEFAULT_SETTINGS));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static String version() {
    return Optional.ofNullable(NamespaceAgentMain.class.getPackage().getImplementationVersion())
        .orElse("unpackaged");
  }
}
