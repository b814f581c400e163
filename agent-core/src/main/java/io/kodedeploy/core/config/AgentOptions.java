package io.kodedeploy.core.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of an agent.
 *
 * @param configFile {@code --config-file}, the official {@code codedeployagent.yml}
 * @param settings {@code --settings}, our own {@code agent.yml}
 * @param settingsRequired whether it was named, so that it must be there
 */
public record AgentOptions(Path configFile, Path settings, boolean settingsRequired) {
  private static final Path SETTINGS = Path.of("/etc/kodedeploy/agent.yml");

  /**
   * Reads the arguments.
   *
   * @throws ConfigRefused with one line per wrong argument
   */
  public static AgentOptions parse(String... arguments) {
    var options = new AgentOptions(CodeDeployAgentConfig.defaultFile(), SETTINGS, false);
    var violations = new ArrayList<String>();
    for (int i = 0; i < arguments.length; i++) {
      String name = arguments[i];
      if (!List.of("--config-file", "--config_file", "--settings").contains(name)) {
        violations.add(
            "unknown argument "
                + name
                + "; usage: [--config-file codedeployagent.yml] [--settings agent.yml]");
      } else if (i + 1 == arguments.length) {
        violations.add(name + " needs a file");
      } else {
        i++;
        var file = Path.of(arguments[i]);
        options =
            name.equals("--settings")
                ? new AgentOptions(options.configFile, file, true)
                : new AgentOptions(file, options.settings, options.settingsRequired);
      }
    }
    if (!violations.isEmpty()) {
      throw new ConfigRefused(violations);
    }
    return options;
  }
}
