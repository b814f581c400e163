package io.kodedeploy.cli.agent;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kode agent restart}. */
@Command(
    name = "restart",
    mixinStandardHelpOptions = true,
    description = {
      "Stops the agent, waits a second and starts it.",
      "",
      "A stop that is refused, because a deployment is in progress, leaves the agent running."
    },
    footer = {"", "Examples:", "  kode agent restart", ""})
final class RestartCommand implements Callable<Integer> {
  private final AgentCommand agent;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private HealthPortOption health = new HealthPortOption();

  RestartCommand(AgentCommand agent) {
    this.agent = agent;
  }

  @Override
  public Integer call() throws InterruptedException {
    return agent.control(requireNonNull(spec), control -> control.restart(health.arguments()));
  }
}
