package io.kodedeploy.cli.options;

import io.kodedeploy.cli.naming.Scope;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A namespace of an environment: the options that name it, in every command that means one. */
public final class ScopeOptions {
  @Option(
      names = "--environment",
      required = true,
      paramLabel = "NAME",
      description = "Environment, such as production.")
  private String environment = "";

  @Option(
      names = "--namespace",
      required = true,
      paramLabel = "NAME",
      description = "Kubernetes namespace.")
  private String namespace = "";

  /**
   * The scope, checked.
   *
   * @param cluster one cluster, or empty for all of the environment
   * @throws io.kodedeploy.cli.console.CliException with exit code 2 when a name cannot be one
   */
  public Scope scope(Optional<String> cluster) {
    return new Scope(environment, namespace, cluster);
  }
}
