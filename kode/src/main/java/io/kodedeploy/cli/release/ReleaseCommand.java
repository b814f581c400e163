package io.kodedeploy.cli.release;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be released. */
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    description = "Moves traffic. See: kode release cluster --help",
    synopsisSubcommandLabel = "cluster")
public final class ReleaseCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        requireNonNull(spec).commandLine(), "say what to release: kode release cluster");
  }
}
