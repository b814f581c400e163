package io.kodedeploy.core.bundle;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much one archive may become on disk: bytes really written, whatever its headers say, and
 * members. For several threads.
 */
final class ExtractionLimits {
  /** More than any real bundle has; it bounds inodes, where bytes do not. */
  static final int MOST_MEMBERS = 1_000_000;

  private final long mostBytes;
  private final int mostMembers;
  private final AtomicLong bytes = new AtomicLong();
  private int members;

  /**
   * Limits of one archive.
   *
   * @param mostBytes {@code archive_max_extraction_size}; 0 for no limit
   */
  ExtractionLimits(long mostBytes, int mostMembers) {
    this.mostBytes = mostBytes;
    this.mostMembers = mostMembers;
  }

  /** Called by the reader for every member. */
  void member(String name) throws IOException {
    if (++members > mostMembers) {
      throw Refusal.of(name, "is one too many: a bundle may have " + mostMembers + " members");
    }
  }

  int members() {
    return members;
  }

  /** Called before that many bytes are written. */
  void bytes(String member, long count) throws IOException {
    if (bytes.addAndGet(count) > mostBytes && mostBytes > 0) {
      throw Refusal.of(
          member,
          "makes the unpacked bundle larger than " + mostBytes + " bytes",
          "archive_max_extraction_size",
          "a larger number allows more, 0 everything");
    }
  }
}
