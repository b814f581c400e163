package io.kodedeploy.cli.options;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.Ticker;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a run of kode finds around it; read once in main.
 *
 * @param environment the environment variables
 * @param workingDirectory where {@code kode.yaml} is looked for and relative paths begin
 * @param home the checkout or installation, with the modules' jars
 * @param aws opens the clients; each command closes what it opened
 * @param ticker the time
 */
public record Surroundings(
    Map<String, String> environment,
    Path workingDirectory,
    Path home,
    Supplier<Aws> aws,
    Ticker ticker) {
  /** Copies the environment. */
  public Surroundings {
    environment = Map.copyOf(environment);
  }
}
