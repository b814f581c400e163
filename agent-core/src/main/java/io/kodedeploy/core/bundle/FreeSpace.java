package io.kodedeploy.core.bundle;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.nio.file.Path;

/** Asks before much is written whether there is room for it (host-agent.md 13, row 9). */
final class FreeSpace {
  private FreeSpace() {}

  /**
   * Goes on if there is room, or if the file system does not say.
   *
   * @param folder exists
   * @param what for the message
   * @throws AgentException with {@link ErrorCode#DISK_FULL}, needed and free bytes
   */
  static void require(Path folder, long needed, String what) {
    var disk = folder.toFile();
    var free = disk.getUsableSpace();
    if (needed > free && disk.getTotalSpace() > 0) {
      throw new AgentException(
          ErrorCode.DISK_FULL,
          "The disk is (or was) full: %s needs %d bytes, %s has %d bytes free"
              .formatted(what, needed, folder, free));
    }
  }
}
