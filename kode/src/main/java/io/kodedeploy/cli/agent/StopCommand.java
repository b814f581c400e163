package io.kodedeploy.cli.agent;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kode agent stop}. */
@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description = {
      "Stops the agent and waits until it has ended.",
      "",
      "Refused while a deployment is in progress. Running hooks are waited for, at most"
          + " kill_agent_max_wait_time_seconds, and never killed."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:stopped, or nothing was running", "1:refused, or it still runs"},
    footer = {"", "Examples:", "  kode agent stop", ""})
final class StopCommand implements Callable<Integer> {
  private final AgentCommand agent;

  @Spec private @Nullable CommandSpec spec;

  StopCommand(AgentCommand agent) {
    this.agent = agent;
  }

  @Override
  public Integer call() throws InterruptedException {
    return agent.control(requireNonNull(spec), AgentControl::stop);
  }
}
