package io.kodedeploy.cli.options;

import io.kodedeploy.cli.console.OutputFormat;
import io.kodedeploy.cli.console.Reporter;
import java.time.Clock;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How a command writes. */
public final class OutputOptions {
  @Option(
      names = "--output",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "text: progress on standard error; json: one object a line on standard output.")
  private OutputFormat format = OutputFormat.TEXT;

  /** Writes where the command writes. */
  public Reporter reporter(CommandSpec spec) {
    return new Reporter(
        spec.commandLine().getOut(), spec.commandLine().getErr(), format, Clock.systemUTC());
  }
}
