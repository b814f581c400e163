package io.kodedeploy.cli.options;

import io.kodedeploy.cli.naming.Scope;
import picocli.CommandLine.Option;

/** The cluster, for commands that always mean one. */
public final class ClusterOption {
  @Option(
      names = "--cluster",
      required = true,
      paramLabel = "NAME",
      description = "Name of the Kubernetes cluster.")
  private String cluster = "";

  /**
   * The name, checked.
   *
   * @throws io.kodedeploy.cli.console.CliException with exit code 2 when it cannot be one
   */
  public String name() {
    Scope.checkName("--cluster", cluster);
    return cluster;
  }
}
