package io.kodedeploy.cli.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The files in {@code pid_dir} that say which agent runs (host-agent.md 3.4): the pid file, the
 * lock beside it that the agent holds, and where its log of errors and its state are.
 */
record PidFile(Path directory, String programName) {
  static PidFile of(CodeDeployAgentConfig config) {
    return new PidFile(config.processRules().pidDirectory(), config.programName());
  }

  Path path() {
    return directory.resolve(programName + ".pid");
  }

  Path lockPath() {
    return directory.resolve(programName + ".pid.lock");
  }

  /** What a detached agent writes on standard error: messages of the virtual machine. */
  Path errors() {
    return directory.resolve(programName + ".err");
  }

  /** What the agent says of its polls. */
  Path state() {
    return directory.resolve(programName + ".state.json");
  }

  /** The process that the file names; empty when there is none, or no number in it. */
  private Optional<Long> named() throws IOException {
    if (!Files.exists(path())) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(Files.readString(path(), ISO_8859_1).strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * The agent that runs. A process that has the number of an agent that died is not taken for it: a
   * stale file is removed.
   *
   * @throws IOException when the files cannot be read, so that nobody can tell
   */
  Optional<Long> running() throws IOException {
    var pid = named();
    if (pid.isPresent() && isAgent(pid.get())) {
      return pid;
    }
    if (Files.exists(path()) && Files.isWritable(directory)) {
      Files.deleteIfExists(path());
    }
    return Optional.empty();
  }

  /** By its title, which the official agent has too, or by what was started. */
  private boolean isAgent(long pid) {
    if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
      return false;
    }
    try {
      var words = Files.readString(Path.of("/proc/" + pid + "/cmdline"), ISO_8859_1);
      return words.startsWith(programName + ": master")
          || words.startsWith("codedeploy-agent: master")
          || words.contains('\0' + AgentMain.class.getName() + '\0')
          || words.contains("\0agent\0run\0");
    } catch (IOException e) {
      return false; // it has just ended
    }
  }

  /** Held by an agent as long as it lives. */
  record Held(PidFile file, FileChannel channel) implements AutoCloseable {
    @Override
    public void close() {
      try {
        Files.deleteIfExists(file.path());
        Files.deleteIfExists(file.state());
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException("pid file cannot be removed", e);
      }
    }
  }

  /**
   * Takes the lock and writes the file.
   *
   * @throws AgentRefused when another agent runs
   */
  Held take(long pid) throws IOException {
    Files.createDirectories(directory);
    var channel = FileChannel.open(lockPath(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean taken = false;
    try {
      if (!lock(channel)) {
        throw new AgentRefused("Could not acquire lock on " + lockPath() + " - aborting start!");
      }
      var other = running();
      if (other.isPresent() && other.get() != pid) {
        throw new AgentRefused(
            "Pidfile "
                + path()
                + " exists and process "
                + other.get()
                + " is running - aborting start!");
      }
      Files.writeString(path(), Long.toString(pid));
      taken = true;
      return new Held(this, channel);
    } finally {
      if (!taken) {
        channel.close();
      }
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }
}
