package io.kodedeploy.core.store;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** One agent for one {@code root_dir}: held until closed, or until the process dies. */
public final class StateLock implements AutoCloseable {
  private final FileChannel channel;

  private StateLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock and makes the root directory if need be.
   *
   * @throws AgentException {@code state-locked} when another agent has it, {@code
   *     state-write-failed} when the directory cannot be used
   */
  public static StateLock take(DeploymentPaths paths) {
    FileChannel channel = null;
    try {
      Files.createDirectories(paths.root());
      channel = FileChannel.open(paths.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      @Nullable FileLock lock = channel.tryLock();
      if (lock == null) {
        throw locked(channel, paths);
      }
      return new StateLock(channel);
    } catch (OverlappingFileLockException e) {
      throw locked(channel, paths);
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.STATE_WRITE_FAILED, "root_dir " + paths.root() + " cannot be used: " + e, e);
    }
  }

  private static AgentException locked(@Nullable FileChannel channel, DeploymentPaths paths) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new AgentException(
        ErrorCode.STATE_LOCKED, "another agent uses root_dir " + paths.root());
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the lock of root_dir cannot be released", e);
    }
  }
}
