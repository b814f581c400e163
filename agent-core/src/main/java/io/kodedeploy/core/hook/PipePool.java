package io.kodedeploy.core.hook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Pairs of named pipes, used again by script after script: making one costs a process, and a pipe
 * that nobody holds is as good as new. A pair that a script left open is never given again: its
 * names vanish, the pipe lives as long as somebody holds it. Safe for several threads.
 */
final class PipePool {
  /** What the start of a process, counted in ticks, may be off. */
  private static final Duration CLOCK = Duration.ofSeconds(2);

  private final Path folder;
  private final String owner = Long.toString(ProcessHandle.current().pid());
  private final Deque<ScriptPipes> idle = new ArrayDeque<>(); // guarded by this
  private boolean prepared;

  /**
   * A pool; nothing is made yet.
   *
   * @param folder for the pipes of this process and others; what dead ones left there is removed
   */
  PipePool(Path folder) {
    this.folder = folder;
  }

  /** A pair that nobody uses. */
  ScriptPipes take() throws IOException {
    synchronized (this) {
      for (var pipes = idle.poll(); pipes != null; pipes = idle.poll()) {
        if (pipes.there()) {
          return pipes;
        }
      }
      if (!prepared || !Files.isDirectory(folder)) {
        prepare();
        prepared = true;
      }
    }
    var name = owner + "-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    return make(new ScriptPipes(folder.resolve(name + ".out"), folder.resolve(name + ".err")));
  }

  /**
   * Takes a pair back.
   *
   * @param ended whether both outputs have ended, so that nobody holds the pipes
   */
  void giveBack(ScriptPipes pipes, boolean ended) throws IOException {
    if (ended) {
      synchronized (this) {
        idle.push(pipes);
      }
    } else {
      Files.deleteIfExists(pipes.stdout());
      Files.deleteIfExists(pipes.stderr());
    }
  }

  private void prepare() throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder.getParent());
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    try (var left = Files.newDirectoryStream(folder, "*-*.{out,err}")) {
      for (var pipe : left) {
        if (abandoned(pipe)) {
          Files.deleteIfExists(pipe);
        }
      }
    }
  }

  /** Whether its process is gone, or one that had our number before us: 1 in every container. */
  private static boolean abandoned(Path pipe) throws IOException {
    var name = pipe.getFileName().toString();
    var process = number(name.substring(0, name.indexOf('-'))).flatMap(ProcessHandle::of);
    if (process.isEmpty() || !process.get().isAlive()) {
      return true;
    }
    var started = process.get().info().startInstant();
    return started.isPresent()
        && Files.getLastModifiedTime(pipe).toInstant().isBefore(started.get().minus(CLOCK));
  }

  private static Optional<Long> number(String text) {
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static ScriptPipes make(ScriptPipes pipes) throws IOException {
    var mkfifo =
        new ProcessBuilder(
                "mkfifo", "-m", "600", pipes.stdout().toString(), pipes.stderr().toString())
            .redirectErrorStream(true)
            .start();
    try (var output = mkfifo.getInputStream()) {
      var text = new String(output.readAllBytes(), UTF_8).strip();
      if (mkfifo.onExit().join().exitValue() != 0) {
        Files.deleteIfExists(pipes.stdout());
        Files.deleteIfExists(pipes.stderr());
        throw new IOException("mkfifo failed: " + text);
      }
    }
    return pipes;
  }
}
