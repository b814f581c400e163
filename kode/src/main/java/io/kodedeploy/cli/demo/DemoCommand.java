package io.kodedeploy.cli.demo;

import static java.util.Objects.requireNonNull;

import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.cli.options.Surroundings;
import io.kodedeploy.cli.process.Children;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.core.exception.SdkException;

/** Shows the whole system on one machine. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the whole system on this machine: no AWS account, no Kubernetes, no Docker.",
      "",
      "Starts a simulated AWS and two clusters of three nodes with real agents, deploys an"
          + " application to both, lets a third cluster catch up by itself, and releases blue ->"
          + " green under load from clients that never retry. The last line says how many of their"
          + " requests failed."
    },
    footer = {"", "Examples:", "  kode demo", "  kode demo --keep", ""})
public final class DemoCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  private final KodeRunner kode;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of the simulator; default: any free one.")
  private int port;

  @Option(
      names = "--keep",
      description = "Leave everything running, say how to look around, end on Ctrl-C.")
  private boolean keep;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "20",
      description = "How long the load runs at least; default: ${DEFAULT-VALUE}.")
  private int seconds = 20;

  /** Runs in these surroundings; commands are run by the runner. */
  public DemoCommand(Surroundings surroundings, KodeRunner kode) {
    this.surroundings = surroundings;
    this.kode = kode;
  }

  @Override
  public Integer call() {
    if (!System.getProperty("os.name").equals("Linux") || !Children.supported()) {
      throw new CliException(
          Problem.PLATFORM_UNSUPPORTED,
          "the demo needs Linux with /proc and the addresses 127.0.x.y, found "
              + System.getProperty("os.name")
              + ".",
          "run it on Linux, in WSL 2 or in a Linux container.");
    }
    var narrator = new Narrator(requireNonNull(spec).commandLine().getOut());
    var outcome = new Outcome();
    var options = new DemoOptions(port, keep, Duration.ofSeconds(seconds));
    Path folder = temporaryFolder();
    try (var children = Children.open(surroundings.environment());
        var http = new Http()) {
      new DemoRun(surroundings, kode, narrator, options, folder, children, http).run(outcome);
    } catch (InterruptedException _) {
      outcome.fail("interrupted");
    } catch (DemoFailed e) {
      outcome.fail(String.valueOf(e.getMessage()));
    } catch (CliException e) {
      outcome.fail(e.line());
    } catch (SdkException | UncheckedIOException e) {
      outcome.fail(e.toString());
    }
    if (outcome.failed()) {
      narrator.say("failed: " + outcome.reason());
      narrator.detail("the logs of every process are in " + folder);
    } else {
      delete(folder);
    }
    narrator.line(outcome.line());
    return outcome.failed() ? ExitCode.FAILED : ExitCode.DONE;
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("kode-demo-");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder for the demo", e);
    }
  }

  private static void delete(Path folder) {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                throws IOException {
              if (failure != null) {
                throw failure;
              }
              Files.delete(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("the demo's files could not be deleted", e);
    }
  }
}
