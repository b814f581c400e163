package io.kodedeploy.cli.cluster;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be done to the hosts of a whole cluster. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    description = {
      "Takes the namespaces of a cluster out of deployments, back in, or away for good.",
      "",
      "Works by the tags of their on-premises instances: the cluster itself is not asked and need"
          + " not exist any more."
    },
    synopsisSubcommandLabel = "(pause | resume | retire)")
public final class ClusterCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        requireNonNull(spec).commandLine(), "say what to do: kode cluster pause, resume or retire");
  }
}
