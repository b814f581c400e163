package io.kodedeploy.core.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar (ustar, GNU, pax), compressed or not as its first bytes say, while it may still be
 * fetched. Of a plain tar workers copy contents inside the kernel; of a compressed one small
 * contents are handed to them in a few buffers.
 */
final class TarMembers {
  private static final int PERMISSIONS = 07777;
  private static final int MAGIC = 6;
  private static final int BUFFER = 64 << 10;
  private static final int SMALL = 256 << 10;
  private static final int BUFFERS = 8;
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  private final BundleFile bundle;
  private final TarStream stream;
  private final TarArchiveInputStream tar;
  private final boolean plain;
  private final MemberWriter writer;
  private final boolean parallel;
  private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(BUFFERS);
  private final byte[] scratch = new byte[BUFFER];
  private int buffers;

  private TarMembers(
      BundleFile bundle,
      TarStream stream,
      TarArchiveInputStream tar,
      boolean plain,
      MemberWriter writer,
      boolean parallel) {
    this.bundle = bundle;
    this.stream = stream;
    this.tar = tar;
    this.plain = plain;
    this.writer = writer;
    this.parallel = parallel;
  }

  /**
   * Writes every member.
   *
   * @param workers the writer's; closed before this returns
   */
  static void write(BundleFile bundle, MemberWriter writer, FileWorkers workers)
      throws IOException, InterruptedException {
    try (workers;
        var raw = bundle.reader();
        var first = bundle.reader();
        var decompressed = Decompression.of(raw, first.readNBytes(MAGIC));
        var stream = new TarStream(decompressed);
        var tar = new TarArchiveInputStream(stream, UTF_8.name())) {
      var plain = decompressed == raw;
      new TarMembers(bundle, stream, tar, plain, writer, workers.parallel()).write();
    }
  }

  private void write() throws IOException, InterruptedException {
    for (var entry = next(); entry != null; entry = next()) {
      write(entry);
    }
    stream.transferTo(OutputStream.nullOutputStream()); // a compressor's checksum is last
    if (!stream.ended()) {
      throw new IOException("the archive is truncated");
    }
    writer.finish();
  }

  private @Nullable TarArchiveEntry next() throws IOException {
    stream.beginHeader();
    var entry = tar.getNextEntry();
    stream.endHeader();
    return entry;
  }

  private void write(TarArchiveEntry entry) throws IOException, InterruptedException {
    var name = entry.getName();
    var attributes =
        new MemberWriter.Attributes(
            Optional.of(entry.getMode() & PERMISSIONS),
            entry.getLastModifiedTime(),
            ROOT && writer.keepsOwners() ? Optional.of(owner(entry)) : Optional.empty());
    if (entry.isDirectory()) {
      writer.folder(name, attributes);
    } else if (entry.isSymbolicLink()) {
      writer.link(name, entry.getLinkName(), attributes);
    } else if (entry.isLink()) {
      writer.hardLink(name, entry.getLinkName());
    } else if (entry.isFile()
        && !entry.isFIFO()
        && !entry.isCharacterDevice()
        && !entry.isBlockDevice()) {
      if (!tar.canReadEntryData(entry)) {
        throw Refusal.of(name, "has a form that cannot be read");
      }
      file(entry, attributes);
    } else {
      throw Refusal.of(name, "is neither file, folder nor link");
    }
    pass();
  }

  private void file(TarArchiveEntry entry, MemberWriter.Attributes attributes)
      throws IOException, InterruptedException {
    var name = entry.getName();
    var size = entry.getSize();
    if (plain && !entry.isSparse()) {
      var at = stream.position();
      if (size < 0 || bundle.await(Math.addExact(at, size)) < at + size) {
        throw truncated(name);
      }
      writer.file(name, attributes, file -> copy(name, at, size, file));
    } else if (parallel && !entry.isSparse() && size >= 0 && size <= SMALL) {
      var content = buffer();
      var count = tar.readNBytes(content, 0, (int) size);
      if (count < size) {
        throw truncated(name);
      }
      writer.file(name, attributes, file -> put(name, content, count, file));
    } else {
      writer.fileNow(name, attributes, file -> stream(name, file));
    }
  }

  /** Goes to the end of a member whose content was read elsewhere or does not matter. */
  private void pass() throws IOException {
    stream.passing(plain);
    int count; // of a plain tar nothing is really read
    do {
      count = tar.read(scratch);
    } while (count >= 0);
    stream.passing(false);
  }

  private void copy(String name, long from, long size, FileChannel file) throws IOException {
    writer.limits().bytes(name, size);
    for (var at = from; at < from + size; ) {
      var count = bundle.channel().transferTo(at, from + size - at, file);
      if (count <= 0) {
        throw new IOException("the bundle became shorter while it was read");
      }
      at += count;
    }
  }

  private void put(String name, byte[] content, int count, FileChannel file) throws IOException {
    try {
      writer.limits().bytes(name, count);
      write(file, content, count);
    } finally {
      free.add(content);
    }
  }

  private void stream(String name, FileChannel file) throws IOException {
    for (var count = tar.read(scratch); count >= 0; count = tar.read(scratch)) {
      writer.limits().bytes(name, count);
      write(file, scratch, count);
      if (Thread.interrupted()) {
        throw new InterruptedIOException("the agent is stopping");
      }
    }
  }

  private static void write(FileChannel file, byte[] content, int count) throws IOException {
    for (var bytes = ByteBuffer.wrap(content, 0, count); bytes.hasRemaining(); ) {
      file.write(bytes);
    }
  }

  private byte[] buffer() throws InterruptedException {
    if (free.isEmpty() && buffers < BUFFERS) {
      buffers++;
      return new byte[SMALL];
    }
    return free.take();
  }

  private static IOException truncated(String name) {
    return Refusal.of(name, "is truncated");
  }

  private static Owners.Owner owner(TarArchiveEntry entry) {
    return new Owners.Owner(
        entry.getUserName(), entry.getLongUserId(), entry.getGroupName(), entry.getLongGroupId());
  }
}
