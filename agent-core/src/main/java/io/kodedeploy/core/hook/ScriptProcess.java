package io.kodedeploy.core.hook;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One run of a script: its own session and process group, no input, working directory {@code /},
 * outputs into the log, one deadline for its end and the end of both outputs (host-agent.md 10.4,
 * 10.5).
 */
final class ScriptProcess {
  private static final Pattern NOT_STARTED =
      Pattern.compile("setsid: (?:failed to execute|can't execute) .*: (?<reason>[^:]+)");

  /** By its full name where it is expected: a search through PATH is a failed exec per folder. */
  private static final String SETSID =
      Stream.of("/usr/bin/setsid", "/bin/setsid")
          .filter(file -> Files.isExecutable(Path.of(file)))
          .findFirst()
          .orElse("setsid");

  private ScriptProcess() {}

  /** How a run ended. */
  sealed interface End {
    record Exited(int status) implements End {}

    /** The kernel refused to run it. */
    record NotStarted(String type, String text) implements End {}

    record TimedOut() implements End {}

    record OutputLeftOpen(String output, List<String> holders) implements End {}

    record Interrupted() implements End {}
  }

  /**
   * Runs it to its end.
   *
   * @return {@link End.Interrupted} with the interrupt kept when the thread was interrupted; the
   *     group is gone then
   */
  static End run(
      List<String> command,
      Map<String, String> environment,
      Duration timeout,
      ScriptLog log,
      PipePool pool)
      throws IOException {
    var deadline = System.nanoTime() + timeout.toNanos();
    var pipes = pool.take();
    var stdout = OutputReader.start(ScriptLog.Stream.STDOUT, pipes.stdout(), log);
    var stderr = OutputReader.start(ScriptLog.Stream.STDERR, pipes.stderr(), log);
    try {
      Process process;
      try {
        process = start(command, environment, pipes);
      } catch (IOException e) {
        release(pipes, stdout, stderr);
        return new End.NotStarted(e.getClass().getSimpleName(), String.valueOf(e.getMessage()));
      }
      return await(process, deadline, stdout, stderr, pipes);
    } finally {
      stdout.detach();
      stderr.detach();
      pool.giveBack(pipes, stdout.ended() && stderr.ended());
    }
  }

  private static Process start(
      List<String> command, Map<String, String> environment, ScriptPipes pipes) throws IOException {
    var vector = new ArrayList<>(List.of(SETSID));
    vector.addAll(command);
    var builder =
        new ProcessBuilder(vector)
            .directory(new File("/"))
            .redirectInput(new File("/dev/null"))
            .redirectOutput(pipes.stdout().toFile())
            .redirectError(pipes.stderr().toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static End await(
      Process process, long deadline, OutputReader stdout, OutputReader stderr, ScriptPipes pipes)
      throws IOException {
    try {
      if (!process.waitFor(Math.max(0, deadline - System.nanoTime()), NANOSECONDS)) {
        new ProcessGroup(process).terminate();
        drain(stdout, stderr);
        return new End.TimedOut();
      }
      if (!stdout.awaitEnd(Duration.ofNanos(deadline - System.nanoTime()))) {
        return new End.OutputLeftOpen("STDOUT", ProcessGroup.holders(pipes.stdout()));
      }
      if (!stderr.awaitEnd(Duration.ofNanos(deadline - System.nanoTime()))) {
        return new End.OutputLeftOpen("STDERR", ProcessGroup.holders(pipes.stderr()));
      }
      return exited(process.exitValue(), stderr);
    } catch (InterruptedException _) {
      new ProcessGroup(process).terminate();
      Thread.currentThread().interrupt();
      return new End.Interrupted();
    }
  }

  /**
   * What the script printed before it was killed belongs into the log; the pipes are empty soon.
   */
  private static void drain(OutputReader... readers) throws InterruptedException {
    for (var reader : readers) {
      reader.awaitEnd(Duration.ofSeconds(1));
    }
  }

  private static End exited(int status, OutputReader stderr) throws IOException {
    var failure = stderr.failure();
    if (failure.isPresent()) {
      throw failure.get();
    }
    var refused = NOT_STARTED.matcher(stderr.firstLine());
    return (status == 126 || status == 127) && refused.matches()
        ? new End.NotStarted("IOException", refused.group("reason").strip())
        : new End.Exited(status);
  }

  /** Lets readers go whose writer never came: opened both ways, a pipe waits for nobody. */
  private static void release(ScriptPipes pipes, OutputReader stdout, OutputReader stderr)
      throws IOException {
    try (var _ = new RandomAccessFile(pipes.stdout().toFile(), "rw");
        var _ = new RandomAccessFile(pipes.stderr().toFile(), "rw")) {
      stdout.awaitOpen();
      stderr.awaitOpen();
    }
  }
}
