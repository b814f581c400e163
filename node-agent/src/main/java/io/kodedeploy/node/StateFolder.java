package io.kodedeploy.node;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The node's own state, mode 0700, held by one agent at a time: two would register and deregister
 * against each other.
 */
final class StateFolder implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;

  private StateFolder(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Makes and locks the folder.
   *
   * @throws AgentException {@code state-locked} when another agent holds it
   */
  static StateFolder open(Path path) {
    FileChannel channel;
    try {
      Files.createDirectories(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
      channel =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.STATE_WRITE_FAILED, "cannot use the state folder " + path + ": " + e, e);
    }
    var folder = new StateFolder(path, channel);
    if (!folder.lock()) {
      folder.close();
      throw new AgentException(
          ErrorCode.STATE_LOCKED, "another node agent uses the state folder " + path);
    }
    return folder;
  }

  private boolean lock() {
    try {
      // The lock lives as long as the channel: a killed agent leaves none behind.
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.STATE_WRITE_FAILED, "cannot lock the state folder " + path + ": " + e, e);
    }
  }

  /** Where it is. */
  Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new AgentException(ErrorCode.STATE_WRITE_FAILED, "cannot unlock " + path, e);
    }
  }
}
