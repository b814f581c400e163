package io.kodedeploy.cli.cluster;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.naming.Scope;
import io.kodedeploy.cli.options.OutputOptions;
import io.kodedeploy.cli.options.Surroundings;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Takes a paused cluster back into deployments. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = {
      "Takes a paused cluster back into deployments.",
      "",
      "Gives the on-premises instances their tag kodedeployenv back. Deployments reach them from"
          + " now on; what they missed their agents catch up within one interval (15 minutes, or at"
          + " once after a restart). A second run changes nothing."
    },
    footer = {"", "Example:", "  kode cluster resume --environment prod --cluster blue", ""})
public final class ResumeCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ClusterOptions options = new ClusterOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  /** Runs in these surroundings. */
  public ResumeCommand(Surroundings surroundings) {
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
        if (!host.tags().containsKey(Scope.PAUSED_TAG)) {
          continue;
        }
        hosts.resume(host, selection.environment());
        changed++;
        reporter.progress(
            "host-resumed", "resume: " + host.name() + " is back", Map.of("host", host.name()));
      }
    }
    reporter.result(
        changed > 0 ? "resumed" : "unchanged",
        (changed > 0 ? "resumed: " + changed + " hosts of " : "unchanged: not paused: ")
            + selection.words(),
        Map.of("cluster", selection.cluster(), "hosts", changed));
    return ExitCode.DONE;
  }
}
