package io.kodedeploy.core.bundle;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.BundleType;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;

/** Unpacks a bundle of any type into a fresh folder (host-agent.md 7.5). */
final class Unpacker {
  private Unpacker() {}

  /**
   * Unpacks. On failure the folder is removed again.
   *
   * @param type as the revision says; how a tar is compressed is seen from its content
   * @throws AgentException with {@link ErrorCode#BUNDLE_UNREADABLE} or {@link ErrorCode#DISK_FULL}
   */
  static void unpack(Path bundle, BundleType type, Path archive) throws InterruptedException {
    try {
      FileTrees.delete(archive);
      var writer = new MemberWriter(new SafeFolder(archive));
      switch (type) {
        case ZIP -> ZipMembers.write(bundle, writer);
        case TAR, TGZ -> TarMembers.write(bundle, writer);
        case DIRECTORY -> throw new IOException("a directory is no archive");
      }
      writer.finish();
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      discard(archive, e);
      throw new InterruptedException("unpacking was interrupted");
    } catch (IOException | IllegalArgumentException e) { // the readers' word for broken headers
      discard(archive, e);
      throw Failures.isDiskFull(e)
          ? new AgentException(
              ErrorCode.DISK_FULL, "The disk is (or was) full during extraction.", e)
          : new AgentException(
              ErrorCode.BUNDLE_UNREADABLE,
              "Error extracting " + type.text() + " archive: " + Failures.reason(e),
              e);
    }
  }

  private static void discard(Path archive, Exception cause) {
    try {
      FileTrees.delete(archive);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
