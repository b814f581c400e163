package io.kodedeploy.cli.process;

import io.kodedeploy.cli.options.Surroundings;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the simulator until it is told to stop. */
@Command(
    name = "simulator",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a simulated AWS on this machine: CodeDeploy, ELB, Auto Scaling, S3, IAM, STS.",
      "",
      "Its first line of output says where it listens. Credentials: access key test, secret test."
    },
    footer = {
      "",
      "Examples:",
      "  kode simulator",
      "  kode simulator --port 5000",
      "  AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
          + " \\",
      "      AWS_DEFAULT_REGION=us-west-2 aws deploy list-applications",
      ""
    })
public final class SimulatorCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "4566",
      description = "Port to listen on, 0 for any free one; default: ${DEFAULT-VALUE}.")
  private int port = 4566;

  /** Runs in these surroundings. */
  public SimulatorCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    var program = Program.simulator(surroundings.home());
    var command = program.command(List.of("--port", Integer.toString(port)));
    try (var children = Children.open(surroundings.environment())) {
      return children.startInForeground(command).waitFor();
    }
  }
}
