package io.kodedeploy.cli.cluster;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.options.OutputOptions;
import io.kodedeploy.cli.options.Surroundings;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Takes a cluster out of deployments. */
@Command(
    name = "pause",
    mixinStandardHelpOptions = true,
    description = {
      "Takes the namespaces of a cluster out of deployments.",
      "",
      "Replaces the tag kodedeployenv of their on-premises instances by kodedeploypaused, so that"
          + " no deployment group of the environment selects them: deployments neither reach nor"
          + " wait for this cluster. What runs in the cluster stays as it is, and its agents bring"
          + " nothing new. A second run changes nothing."
    },
    footer = {"", "Example:", "  kode cluster pause --environment prod --cluster blue", ""})
public final class PauseCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ClusterOptions options = new ClusterOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  /** Runs in these surroundings. */
  public PauseCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    var reporter = output.reporter(requireNonNull(spec));
    var selection = options.selection();
    int changed = 0;
    try (Aws aws = surroundings.aws().get()) {
      var hosts = new ClusterHosts(aws);
      for (var host : hosts.find(selection)) {
        if (host.paused()) {
          continue;
        }
        hosts.pause(host, selection.environment());
        changed++;
        reporter.progress(
            "host-paused", "pause: " + host.name() + " is paused", Map.of("host", host.name()));
      }
    }
    reporter.result(
        changed > 0 ? "paused" : "unchanged",
        (changed > 0 ? "paused: " + changed + " hosts of " : "unchanged: paused already: ")
            + selection.words()
            + "; back in: kode cluster resume "
            + selection.options(),
        Map.of("cluster", selection.cluster(), "hosts", changed));
    return ExitCode.DONE;
  }
}
