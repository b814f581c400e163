package io.kodedeploy.cli.agent;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kode agent start}. */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description = {
      "Starts the agent in the background and returns when it works or has failed.",
      "",
      "It gets a session of its own and, when we are root and user is set in codedeployagent.yml,"
          + " that account (by setpriv). Under systemd use kode agent unit instead."
    },
    footer = {"", "Examples:", "  kode agent start", ""})
final class StartCommand implements Callable<Integer> {
  private final AgentCommand agent;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private HealthPortOption health = new HealthPortOption();

  StartCommand(AgentCommand agent) {
    this.agent = agent;
  }

  @Override
  public Integer call() throws InterruptedException {
    return agent.control(requireNonNull(spec), control -> control.start(health.arguments()));
  }
}
