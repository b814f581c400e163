package io.kodedeploy.cli.agent;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * The arguments of {@code kode agent run}. Read without picocli, whose classes an agent would keep
 * in memory for its whole life.
 *
 * @param configFile {@code --config-file}
 * @param healthPort {@code --health-port}: health, metrics and status on loopback; off by default
 * @param detached {@code --detached}: nothing on standard output, the log is a file
 */
record RunOptions(Path configFile, OptionalInt healthPort, boolean detached) {
  /**
   * Reads them.
   *
   * @throws ConfigRefused with the argument that is wrong
   */
  static RunOptions parse(List<String> arguments) {
    var options = new RunOptions(CodeDeployAgentConfig.defaultFile(), OptionalInt.empty(), false);
    for (int i = 0; i < arguments.size(); i++) {
      String name = arguments.get(i);
      int equals = name.startsWith("--") ? name.indexOf('=') : -1;
      String value = "";
      if (equals > 0) {
        value = name.substring(equals + 1);
        name = name.substring(0, equals);
      } else if (!name.equals("--detached")) {
        i++;
        value = i < arguments.size() ? arguments.get(i) : "";
      }
      options = options.with(name, value);
    }
    return options;
  }

  private RunOptions with(String name, String value) {
    return switch (name) {
      case "--config-file", "--config_file" -> {
        if (value.isEmpty()) {
          throw new ConfigRefused(List.of(name + " needs a file"));
        }
        yield new RunOptions(Path.of(value), healthPort, detached);
      }
      case "--health-port" -> new RunOptions(configFile, OptionalInt.of(port(value)), detached);
      case "--detached" -> new RunOptions(configFile, healthPort, true);
      default ->
          throw new ConfigRefused(
              List.of(
                  "unknown argument "
                      + name
                      + "; usage: kode agent run [--config-file FILE] [--health-port PORT]"));
    };
  }

  private static int port(String value) {
    try {
      int port = Integer.parseInt(value);
      if (port >= 0 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new ConfigRefused(
        List.of("--health-port must be a port from 0 to 65535, found \"" + value + "\""));
  }
}
