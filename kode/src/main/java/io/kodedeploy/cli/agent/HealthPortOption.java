package io.kodedeploy.cli.agent;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where an agent that is started in the background serves its health. */
final class HealthPortOption {
  @Option(
      names = "--health-port",
      paramLabel = "PORT",
      description = "Serves health, metrics and status on 127.0.0.1; default: not at all.")
  private @Nullable Integer healthPort;

  /** The same for the process that is started. */
  List<String> arguments() {
    return healthPort == null ? List.of() : List.of("--health-port", healthPort.toString());
  }
}
