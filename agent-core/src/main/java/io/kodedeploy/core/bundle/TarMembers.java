package io.kodedeploy.core.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** Reads a tar stream (ustar, GNU, pax), compressed or not as its first bytes say. */
final class TarMembers {
  private static final int PERMISSIONS = 07777;
  private static final int BLOCK = 512;
  private static final int BUFFER = 64 << 10;
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  private TarMembers() {}

  static void write(Path bundle, MemberWriter writer) throws IOException {
    try (var raw = new BufferedInputStream(Files.newInputStream(bundle), BUFFER);
        var plain = new EndWatch(decompressed(raw));
        var tar = new TarArchiveInputStream(plain, UTF_8.name())) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        write(tar, entry, writer);
      }
      plain.transferTo(OutputStream.nullOutputStream()); // a compressor's checksum is last
      if (plain.zeros < BLOCK) {
        throw new IOException("the archive is truncated");
      }
    }
  }

  private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, MemberWriter writer)
      throws IOException {
    var name = entry.getName();
    var attributes =
        new MemberWriter.Attributes(
            Optional.of(entry.getMode() & PERMISSIONS),
            entry.getLastModifiedTime(),
            ROOT ? Optional.of(owner(entry)) : Optional.empty());
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
        throw new IOException("member '" + name + "' has a form that cannot be read");
      }
      writer.file(name, tar, attributes);
    } else {
      throw new IOException("member '" + name + "' is neither file, folder nor link");
    }
  }

  private static Owners.Owner owner(TarArchiveEntry entry) {
    return new Owners.Owner(
        entry.getUserName(), entry.getLongUserId(), entry.getGroupName(), entry.getLongGroupId());
  }

  private static InputStream decompressed(BufferedInputStream raw) throws IOException {
    raw.mark(8);
    var first = raw.readNBytes(6);
    raw.reset();
    if (startsWith(first, 0x1f, 0x8b)) {
      return GzipCompressorInputStream.builder()
          .setInputStream(raw)
          .setDecompressConcatenated(true)
          .get();
    }
    if (startsWith(first, 'B', 'Z', 'h')) {
      return new BZip2CompressorInputStream(raw, true);
    }
    if (startsWith(first, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      throw new IOException("xz compression is not supported, use gzip");
    }
    return raw;
  }

  private static boolean startsWith(byte[] bytes, int... magic) {
    if (bytes.length < magic.length) {
      return false;
    }
    for (var at = 0; at < magic.length; at++) {
      if ((bytes[at] & 0xff) != magic[at]) {
        return false;
      }
    }
    return true;
  }

  /** Counts the zero bytes at the end: a tar ends with blocks of them, a truncated one does not. */
  private static final class EndWatch extends FilterInputStream {
    private long zeros;

    EndWatch(InputStream input) {
      super(input);
    }

    @Override
    public int read() throws IOException {
      var value = in.read();
      if (value >= 0) {
        zeros = value == 0 ? zeros + 1 : 0;
      }
      return value;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
      var count = in.read(buffer, from, length);
      var at = from + Math.max(count, 0);
      while (at > from && buffer[at - 1] == 0) {
        at--;
      }
      var trailing = from + Math.max(count, 0) - at;
      zeros = at == from ? zeros + trailing : trailing;
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      var skipped = 0L;
      while (skipped < count && read() >= 0) {
        skipped++;
      }
      return skipped;
    }
  }
}
