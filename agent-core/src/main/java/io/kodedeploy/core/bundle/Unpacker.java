package io.kodedeploy.core.bundle;

import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.BundleType;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;

/** Unpacks a bundle of any type into a fresh folder (host-agent.md 7.5, 14.5). */
final class Unpacker {
  private final BundleRules rules;

  Unpacker(BundleRules rules) {
    this.rules = rules;
  }

  /**
   * Unpacks. On failure the folder is removed again.
   *
   * @param bundle stays open; may still be growing if it is no zip
   * @param type as the revision says; how a tar is compressed is seen from its content
   * @throws AgentException with {@link ErrorCode#BUNDLE_UNREADABLE} or {@link ErrorCode#DISK_FULL}
   */
  void unpack(BundleFile bundle, BundleType type, Path folder) throws InterruptedException {
    try {
      try {
        write(bundle, type, folder, FileWorkers.forThisHost());
      } catch (MemberWriter.Collision _) {
        write(bundle, type, folder, FileWorkers.none());
      }
    } catch (InterruptedException e) {
      discard(folder, e);
      throw e;
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      discard(folder, e);
      throw new InterruptedException("unpacking was interrupted");
    } catch (IOException | RuntimeException e) { // the readers' words for broken headers
      discard(folder, e);
      throw Failures.isDiskFull(e)
          ? new AgentException(
              ErrorCode.DISK_FULL, "The disk is (or was) full during extraction.", e)
          : new AgentException(
              ErrorCode.BUNDLE_UNREADABLE,
              "Error extracting " + type.text() + " archive: " + Failures.reason(e),
              e);
    }
  }

  private void write(BundleFile bundle, BundleType type, Path folder, FileWorkers workers)
      throws IOException, InterruptedException {
    try (workers) {
      FileTrees.delete(folder);
      var writer =
          new MemberWriter(
              new SafeFolder(folder, rules.rejectPathTraversal()),
              rules,
              new ExtractionLimits(rules.maxExtractionBytes(), ExtractionLimits.MOST_MEMBERS),
              workers);
      switch (type) {
        case ZIP -> ZipMembers.write(bundle.channel(), writer, workers);
        case TAR, TGZ -> TarMembers.write(bundle, writer, workers);
        case DIRECTORY -> throw new IOException("a directory is no archive");
      }
    }
  }

  private static void discard(Path folder, Exception cause) {
    try {
      FileTrees.delete(folder);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
