package io.kodedeploy.core.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads a zip by its central directory; files are inflated by several threads at once. */
final class ZipMembers {
  private static final int PERMISSIONS = 0777; // as unzip: no setuid from a zip
  private static final int WITH_SET_ID = 06777;
  private static final int LONGEST_LINK = 4096;

  private final MemberWriter writer;
  private final ZipContent content;

  private ZipMembers(MemberWriter writer, ZipContent content) {
    this.writer = writer;
    this.content = content;
  }

  /**
   * Writes every member.
   *
   * @param workers the writer's; closed before this returns
   */
  static void write(FileChannel bundle, MemberWriter writer, FileWorkers workers)
      throws IOException, InterruptedException {
    var directory = ZipDirectory.open(bundle);
    try (var content = new ZipContent(bundle, directory.start());
        workers) {
      var members = new ZipMembers(writer, content);
      for (var entry = directory.next(); entry.isPresent(); entry = directory.next()) {
        members.write(entry.get());
      }
      writer.finish();
    }
  }

  private void write(ZipEntryHeader entry) throws IOException, InterruptedException {
    if (entry.isFolder()) {
      writer.folder(entry.name(), attributes(entry, PERMISSIONS));
      return;
    }
    switch (entry.type()) {
      case ZipEntryHeader.LINK ->
          writer.link(entry.name(), target(entry), attributes(entry, PERMISSIONS));
      case 0, ZipEntryHeader.FILE -> {
        var mask = writer.refusesSetId() ? WITH_SET_ID : PERMISSIONS;
        writer.file(
            entry.name(),
            attributes(entry, mask),
            file ->
                content.read(
                    entry,
                    bytes -> {
                      writer.limits().bytes(entry.name(), bytes.remaining());
                      while (bytes.hasRemaining()) {
                        file.write(bytes);
                      }
                    }));
      }
      default -> throw Refusal.of(entry.name(), "is neither file, folder nor link");
    }
  }

  private static MemberWriter.Attributes attributes(ZipEntryHeader entry, int mask) {
    return new MemberWriter.Attributes(
        entry.unixMode() == 0 ? Optional.empty() : Optional.of(entry.unixMode() & mask),
        entry.modified(),
        Optional.empty());
  }

  private String target(ZipEntryHeader entry) throws IOException {
    if (entry.size() > LONGEST_LINK) {
      throw Refusal.of(entry.name(), "has a link target that is too long");
    }
    var text = new ByteArrayOutputStream();
    content.read(entry, bytes -> text.write(copy(bytes)));
    return text.toString(StandardCharsets.UTF_8);
  }

  private static byte[] copy(ByteBuffer bytes) {
    var copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }
}
