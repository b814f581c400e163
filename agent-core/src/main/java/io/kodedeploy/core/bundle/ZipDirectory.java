package io.kodedeploy.core.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * Reads the central directory of a zip entry by entry, so that memory does not grow with the number
 * of entries (APPNOTE 6.3.10, 4.3.12 to 4.3.16; zip64; data before the zip is allowed). Nothing in
 * it is believed: every offset and length is held against the file. One thread.
 */
final class ZipDirectory {
  private static final int END = 0x06054b50;
  private static final int END_SIZE = 22;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int LOCATOR64_SIZE = 20;
  private static final int END64 = 0x06064b50;
  private static final int END64_SIZE = 56;
  private static final int ENTRY = 0x02014b50;
  private static final int ENTRY_SIZE = 46;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final long MAX32 = 0xffffffffL;
  private static final int BUFFER = 256 << 10; // an entry's header is at most 46 + 3 * 65535

  private final FileChannel file;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  private final long start;
  private final long end;
  private final long shift;
  private final long announced;
  private long filled;
  private long seen;

  private ZipDirectory(FileChannel file, long start, long end, long shift, long announced) {
    this.file = file;
    this.start = start;
    this.end = end;
    this.shift = shift;
    this.announced = announced;
    this.filled = start;
    buffer.limit(0);
  }

  static ZipDirectory open(FileChannel file) throws IOException {
    var size = file.size();
    var tailSize = (int) Math.min(size, END_SIZE + LONGEST_COMMENT);
    var tail = read(file, size - tailSize, tailSize);
    for (var at = tailSize - END_SIZE; at >= 0; at--) {
      if (tail.getInt(at) == END && at + END_SIZE + unsigned16(tail, at + 20) <= tailSize) {
        return open(file, size - tailSize + at, tail.slice(at, END_SIZE));
      }
    }
    throw new IOException("the file has no end of a zip directory: truncated, or no zip");
  }

  private static ZipDirectory open(FileChannel file, long endAt, ByteBuffer record)
      throws IOException {
    record.order(ByteOrder.LITTLE_ENDIAN);
    var count = (long) unsigned16(record, 10);
    var length = record.getInt(12) & MAX32;
    var offset = record.getInt(16) & MAX32;
    var directoryEnd = endAt;
    var end64 = end64(file, endAt); // some tools write it though everything fits without
    if (end64.isPresent()) {
      directoryEnd = end64.get();
      var big = read(file, directoryEnd, END64_SIZE);
      count = big.getLong(32);
      length = big.getLong(40);
      offset = big.getLong(48);
    } else if (unsigned16(record, 4) != 0) {
      throw new IOException("the zip has several parts");
    }
    var start = directoryEnd - length;
    if (count < 0 || length < 0 || offset < 0 || start < 0 || offset > start) {
      throw new IOException("the zip's directory does not fit into the file");
    }
    return new ZipDirectory(file, start, directoryEnd, start - offset, count);
  }

  /** Where the zip64 end record is, which a prefix before the zip may have moved. */
  private static Optional<Long> end64(FileChannel file, long endAt) throws IOException {
    if (endAt < LOCATOR64_SIZE + END64_SIZE) {
      return Optional.empty();
    }
    var locator = read(file, endAt - LOCATOR64_SIZE, LOCATOR64_SIZE);
    if (locator.getInt(0) != LOCATOR64) {
      return Optional.empty();
    }
    var named = locator.getLong(8);
    for (var at : new long[] {named, endAt - LOCATOR64_SIZE - END64_SIZE}) {
      if (at >= 0
          && at <= endAt - LOCATOR64_SIZE - END64_SIZE
          && read(file, at, END64_SIZE).getInt(0) == END64) {
        return Optional.of(at);
      }
    }
    throw new IOException("the zip64 directory is broken");
  }

  /** How far local entries may reach. */
  long start() {
    return start;
  }

  /** The next entry, in the order of the directory. */
  Optional<ZipEntryHeader> next() throws IOException {
    if (filled - buffer.remaining() >= end) {
      // counts of a zip without zip64 are modulo 65536
      if ((seen & 0xffff) != (announced & 0xffff)) {
        throw new IOException("the zip announces " + announced + " entries and has " + seen);
      }
      return Optional.empty();
    }
    need(ENTRY_SIZE);
    var at = buffer.position();
    if (buffer.getInt(at) != ENTRY) {
      throw new IOException("the zip's directory is broken after " + seen + " entries");
    }
    var nameLength = unsigned16(buffer, at + 28);
    var extraLength = unsigned16(buffer, at + 30);
    var whole = ENTRY_SIZE + nameLength + extraLength + unsigned16(buffer, at + 32);
    need(whole);
    at = buffer.position();
    seen++;
    var header =
        ZipEntryReader.read(
            buffer.slice(at, ENTRY_SIZE + nameLength + extraLength).order(ByteOrder.LITTLE_ENDIAN),
            nameLength,
            shift);
    buffer.position(at + whole);
    return Optional.of(header);
  }

  private void need(int count) throws IOException {
    if (filled - buffer.remaining() + count > end) {
      throw new IOException("the zip's directory is truncated after " + seen + " entries");
    }
    if (buffer.remaining() < count) {
      buffer.compact();
      while (buffer.position() < count) {
        buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + end - filled));
        var read = file.read(buffer, filled);
        if (read <= 0) {
          throw new IOException("the zip became shorter while it was read");
        }
        filled += read;
      }
      buffer.flip();
    }
  }

  static ByteBuffer read(FileChannel file, long at, int count) throws IOException {
    var bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, at + bytes.position()) <= 0) {
        throw new IOException("the zip is truncated");
      }
    }
    return bytes.flip();
  }

  static int unsigned16(ByteBuffer bytes, int at) {
    return bytes.getShort(at) & 0xffff;
  }
}
