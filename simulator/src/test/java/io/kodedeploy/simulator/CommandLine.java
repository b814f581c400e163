package io.kodedeploy.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program of this machine, such as {@code aws} or {@code kubectl}, in a folder of its own.
 */
public final class CommandLine {
  private final Path folder;
  private final Map<String, String> environment;

  /** Adds the variables to those of this process. */
  public CommandLine(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = Map.copyOf(environment);
  }

  /** What a program said. */
  public record Result(int exitCode, String output, String errors) {}

  /** Whether a program is in the search path. */
  public static boolean has(String program) {
    for (var part : String.valueOf(System.getenv("PATH")).split(":", -1)) {
      if (Files.isExecutable(Path.of(part, program))) {
        return true;
      }
    }
    return false;
  }

  /** Runs it to its end, at most two minutes. */
  public Result run(String... command) throws IOException, InterruptedException {
    var output = Files.createTempFile(folder, "out", ".txt");
    var errors = Files.createTempFile(folder, "err", ".txt");
    var builder =
        new ProcessBuilder(List.of(command))
            .directory(folder.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().putAll(environment);
    var process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("did not end: " + List.of(command));
    }
    return new Result(
        process.exitValue(), Files.readString(output, UTF_8), Files.readString(errors, UTF_8));
  }

  /** Runs it and returns its output; anything but success is an error. */
  public String succeed(String... command) throws IOException, InterruptedException {
    var result = run(command);
    if (result.exitCode() != 0) {
      throw new AssertionError(List.of(command) + " ended with " + result);
    }
    return result.output();
  }
}
