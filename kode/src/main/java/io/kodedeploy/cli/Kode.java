package io.kodedeploy.cli;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.cli.agent.AgentCommand;
import io.kodedeploy.cli.aws.AwsFailures;
import io.kodedeploy.cli.cluster.ClusterCommand;
import io.kodedeploy.cli.cluster.PauseCommand;
import io.kodedeploy.cli.cluster.ResumeCommand;
import io.kodedeploy.cli.cluster.RetireCommand;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.OutputFormat;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.console.Reporter;
import io.kodedeploy.cli.demo.DemoCommand;
import io.kodedeploy.cli.deploy.DeployCommand;
import io.kodedeploy.cli.init.InitCommand;
import io.kodedeploy.cli.local.LocalCommand;
import io.kodedeploy.cli.options.KodeYaml;
import io.kodedeploy.cli.options.Surroundings;
import io.kodedeploy.cli.process.SimulatorCommand;
import io.kodedeploy.cli.release.ReleaseClusterCommand;
import io.kodedeploy.cli.release.ReleaseCommand;
import io.kodedeploy.cli.status.StatusCommand;
import io.kodedeploy.cli.status.WhyCommand;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.core.exception.SdkException;

/** The command line as a whole: what there is, and how failures are told. */
@Command(
    name = "kode",
    mixinStandardHelpOptions = true,
    versionProvider = KodeVersion.class,
    description = {
      "Continuous deployment of Kubernetes clusters on EC2, driven by AWS CodeDeploy.",
      "",
      "kode.yaml in the working directory may give bucket, application and environment."
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Start here:  kode demo", "Details:     kode COMMAND --help"})
final class Kode implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  private Kode() {}

  static CommandLine commandLine(Surroundings surroundings) {
    var line =
        new CommandLine(new Kode())
            .addSubcommand(new DemoCommand(surroundings, Kode::run))
            .addSubcommand(new SimulatorCommand(surroundings))
            .addSubcommand(new InitCommand(surroundings))
            .addSubcommand(new DeployCommand(surroundings))
            .addSubcommand(
                new CommandLine(new ReleaseCommand())
                    .addSubcommand(new ReleaseClusterCommand(surroundings)))
            .addSubcommand(
                new CommandLine(new ClusterCommand())
                    .addSubcommand(new PauseCommand(surroundings))
                    .addSubcommand(new ResumeCommand(surroundings))
                    .addSubcommand(new RetireCommand(surroundings)))
            .addSubcommand(new StatusCommand(surroundings))
            .addSubcommand(new WhyCommand(surroundings))
            .addSubcommand(new LocalCommand(surroundings))
            .addSubcommand(AgentCommand.commandLine(surroundings));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setDefaultValueProvider(new KodeYaml(surroundings.workingDirectory()));
    line.setParameterExceptionHandler(Kode::misused);
    line.setExecutionExceptionHandler(Kode::failed);
    line.setUsageHelpLongOptionsMaxWidth(28);
    line.setUsageHelpWidth(100);
    return line;
  }

  /** A command with one writer for both streams. */
  private static int run(Surroundings surroundings, PrintWriter output, List<String> arguments) {
    var line = commandLine(surroundings);
    line.setOut(output);
    line.setErr(output);
    return line.execute(arguments.toArray(String[]::new));
  }

  @Override
  public void run() {
    throw new ParameterException(requireNonNull(spec).commandLine(), "a command is missing");
  }

  private static int misused(ParameterException failure, String[] arguments) {
    var line = failure.getCommandLine();
    if (line.getCommand() instanceof LocalCommand) {
      return LocalCommand.misused(failure);
    }
    if (failure.getCause() instanceof CliException inner) {
      line.getErr().println(inner.line());
      return inner.exitCode();
    }
    line.getErr()
        .println(
            "kode: "
                + Problem.USAGE_INVALID.id()
                + ": "
                + String.valueOf(failure.getMessage()).replaceAll("\\s+", " ")
                + ". To do: see "
                + line.getCommandSpec().qualifiedName()
                + " --help");
    line.getErr().flush();
    return ExitCode.USAGE;
  }

  private static int failed(Exception failure, CommandLine line, ParseResult parsed) {
    var told =
        switch (failure) {
          case CliException e -> e;
          case SdkException e -> AwsFailures.describe(e);
          case InterruptedException _ ->
              new CliException(Problem.INTERRUPTED, "interrupted.", "run the command again.");
          default -> unexpected(failure, line);
        };
    new Reporter(line.getOut(), line.getErr(), format(parsed), Clock.systemUTC()).failure(told);
    return told.exitCode();
  }

  private static CliException unexpected(Exception failure, CommandLine line) {
    failure.printStackTrace(line.getErr());
    return new CliException(
        Problem.UNEXPECTED, failure + ".", "report this with the lines above and the command.");
  }

  private static OutputFormat format(ParseResult parsed) {
    var result = parsed;
    while (result.hasSubcommand()) {
      result = result.subcommand();
    }
    return result.matchedOptionValue("--output", OutputFormat.TEXT);
  }
}
