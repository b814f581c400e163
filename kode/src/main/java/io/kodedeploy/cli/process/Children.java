package io.kodedeploy.cli.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Processes that live no longer than we do. {@link #close} ends them, last started first. Should we
 * be killed without a chance to do so, a warden (a shell that waits for our end of a pipe to close)
 * ends every process that carries our mark in its environment. Thread-safe.
 */
public final class Children implements AutoCloseable {
  private static final String MARK = "KODE_FAMILY";
  private static final List<String> KEPT = List.of("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL");

  /** Looks twice, since a process between fork and exec does not carry the mark yet. */
  private static final String WARDEN =
      """
      trap '' INT TERM HUP
      cat >/dev/null
      rounds=0
      clean=0
      while [ "$clean" -lt 2 ]; do
        pids=$(grep -lxz "$1" /proc/[0-9]*/environ 2>/dev/null | sed 's:^/proc/::;s:/environ$::')
        if [ -z "$pids" ]; then
          clean=$((clean + 1))
        else
          clean=0
          [ "$rounds" -eq 0 ] && kill -TERM $pids 2>/dev/null
          [ "$rounds" -ge 20 ] && kill -KILL $pids 2>/dev/null
          rounds=$((rounds + 1))
        fi
        sleep 0.2
      done
      """;

  private final String mark = UUID.randomUUID().toString();
  private final Map<String, String> environment;
  private final Deque<Process> processes = new ArrayDeque<>();
  private final Process warden;

  private Children(Map<String, String> environment) throws IOException {
    this.environment = environment;
    this.warden =
        new ProcessBuilder("sh", "-c", WARDEN, "kode-warden", MARK + "=" + mark)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
  }

  /**
   * Starts the warden.
   *
   * @param environment ours; children see only the few variables every program needs
   */
  public static Children open(Map<String, String> environment) {
    try {
      return new Children(environment);
    } catch (IOException e) {
      throw new UncheckedIOException("the warden of our child processes did not start", e);
    }
  }

  /** Whether the warden can find processes here. */
  public static boolean supported() {
    return Files.isReadable(Path.of("/proc/self/environ"));
  }

  /**
   * Starts a process that reads nothing and writes to a file.
   *
   * @param variables its environment beside the few variables every program needs
   */
  public Process start(List<String> command, Map<String, String> variables, Path log) {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return start(builder, variables);
  }

  /** Starts a process that writes where we write. */
  public Process startInForeground(List<String> command) {
    var builder = new ProcessBuilder(command);
    builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return start(builder, environment);
  }

  private synchronized Process start(ProcessBuilder builder, Map<String, String> variables) {
    var own = builder.environment();
    own.clear();
    KEPT.forEach(
        name -> {
          if (environment.containsKey(name)) {
            own.put(name, environment.get(name));
          }
        });
    own.putAll(variables);
    own.put(MARK, mark);
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    try {
      var process = builder.start();
      processes.push(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException("could not start " + builder.command().getFirst(), e);
    }
  }

  /** Ends every process: politely, after ten seconds by force, and waits until all are gone. */
  @Override
  public synchronized void close() {
    boolean interrupted = false;
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    processes.forEach(Process::destroy);
    for (var process : processes) {
      interrupted |= !endedBy(process, deadline);
    }
    processes.clear();
    try {
      warden.getOutputStream().close();
      warden.waitFor(10, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException("the warden's pipe did not close", e);
    } catch (InterruptedException _) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether no interruption came meanwhile; the process is gone either way. */
  private static boolean endedBy(Process process, long deadline) {
    boolean calm = true;
    try {
      if (process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return true;
      }
    } catch (InterruptedException _) {
      calm = false;
    }
    process.destroyForcibly();
    process.onExit().join();
    return calm;
  }
}
