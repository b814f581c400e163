package io.kodedeploy.cli.cluster;

import io.kodedeploy.cli.naming.Scope;
import io.kodedeploy.cli.options.ClusterOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which hosts a command means. */
final class ClusterOptions {
  @Mixin private ClusterOption clusters = new ClusterOption();

  @Option(
      names = "--environment",
      required = true,
      paramLabel = "NAME",
      description = "Environment the cluster belongs to, such as production.")
  private String environment = "";

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "This namespace only; default: every namespace of the cluster.")
  private @Nullable String namespace;

  /**
   * What was asked for.
   *
   * @param namespace one namespace, or empty for all of the cluster
   */
  record Selection(String environment, String cluster, Optional<String> namespace) {
    String words() {
      return namespace.map(name -> "namespace " + name + " of ").orElse("")
          + "cluster "
          + cluster
          + " of environment "
          + environment;
    }

    /** The options that select the same in another command. */
    String options() {
      return "--environment "
          + environment
          + " --cluster "
          + cluster
          + namespace.map(name -> " --namespace " + name).orElse("");
    }
  }

  /**
   * The selection, checked.
   *
   * @throws io.kodedeploy.cli.console.CliException with exit code 2 when a name cannot be one
   */
  Selection selection() {
    Scope.checkName("--environment", environment);
    String cluster = clusters.name();
    if (namespace != null) {
      Scope.checkName("--namespace", namespace);
    }
    return new Selection(environment, cluster, Optional.ofNullable(namespace));
  }
}
