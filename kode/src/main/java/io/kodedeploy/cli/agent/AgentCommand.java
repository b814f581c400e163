package io.kodedeploy.cli.agent;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.options.Surroundings;
import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.error.AgentException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The CodeDeploy host of a plain machine: what {@code codedeploy-agent} does. */
@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    description = {
      "The CodeDeploy agent of a machine without Kubernetes, in place of the official one.",
      "",
      "Reads the official codedeployagent.yml unchanged. The host is that of"
          + " codedeploy.onpremises.yml when that file is readable, else the EC2 instance. Takes"
          + " over the state of the official agent, and can be handed back: run one of the two at a"
          + " time."
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  kode agent unit | sudo tee /etc/systemd/system/codedeploy-agent.service",
      "  kode agent run",
      "  kode agent --config-file ./codedeployagent.yml start",
      "  kode agent status --output json",
      ""
    })
public final class AgentCommand implements Runnable {
  private final Surroundings surroundings;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"--config-file", "--config_file"},
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description =
          "codedeployagent.yml; default: /etc/codedeploy-agent/conf/codedeployagent.yml, else"
              + " /opt/codedeploy-agent/conf/codedeployagent.yml.")
  private @Nullable Path configFile;

  private AgentCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** The command with its subcommands, in these surroundings. */
  public static CommandLine commandLine(Surroundings surroundings) {
    var agent = new AgentCommand(surroundings);
    return new CommandLine(agent)
        .addSubcommand(new StartCommand(agent))
        .addSubcommand(new StopCommand(agent))
        .addSubcommand(new RestartCommand(agent))
        .addSubcommand(new StatusCommand(agent))
        .addSubcommand(new RunCommand())
        .addSubcommand(new UnitCommand(agent));
  }

  @Override
  public void run() {
    throw new ParameterException(
        requireNonNull(spec).commandLine(),
        "a command is missing: start, stop, restart, status, run or unit");
  }

  /** The file that is read. */
  Path file() {
    return Optional.ofNullable(configFile)
        .map(surroundings.workingDirectory()::resolve)
        .orElseGet(CodeDeployAgentConfig::defaultFile);
  }

  Launch launch() {
    return new Launch(surroundings.home());
  }

  /** What a subcommand does with the settings. */
  interface Work {
    int with(AgentControl control) throws IOException, InterruptedException;
  }

  /** Reads the settings and works; what is wrong is printed, one line each, and ends with 1. */
  int control(CommandSpec own, Work work) throws InterruptedException {
    var out = own.commandLine().getOut();
    var err = own.commandLine().getErr();
    try {
      var config = CodeDeployAgentConfig.read(file());
      return work.with(
          new AgentControl(config, file(), launch(), surroundings.environment(), out, err));
    } catch (ConfigRefused e) {
      e.violations().forEach(out::println);
    } catch (AgentException | AgentRefused e) {
      err.println(e.getMessage());
    } catch (IOException e) {
      err.println("the agent's files cannot be used: " + e);
    }
    out.flush();
    err.flush();
    return ExitCode.FAILED;
  }
}
