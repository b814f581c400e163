package io.kodedeploy.cli.agent;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Describes {@code kode agent run}; main starts {@link AgentMain} before it comes here. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the agent in the foreground, for systemd (Type=simple) or a terminal.",
      "",
      "Logs JSON on standard output and, when log_dir is set, the official log file beside it."
          + " SIGTERM and SIGINT end it: no new poll, running hooks are waited for at most"
          + " kill_agent_max_wait_time_seconds. SIGQUIT prints the stacks of its threads."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:ended by a signal",
      "1:cannot work here, such as when another agent runs",
      "2:the configuration is refused"
    },
    footer = {"", "Examples:", "  kode agent run --config-file ./codedeployagent.yml", ""})
final class RunCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--health-port",
      paramLabel = "PORT",
      description = "Serves health, metrics and status on 127.0.0.1; default: not at all.")
  void healthPort(int port) {
    // AgentMain reads it
  }

  @Override
  public void run() {
    throw new ParameterException(
        requireNonNull(spec).commandLine(), "agent run must be a process of its own");
  }
}
