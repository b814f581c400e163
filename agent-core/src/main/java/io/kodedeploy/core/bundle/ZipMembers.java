package io.kodedeploy.core.bundle;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** Reads a zip by its central directory: Unix modes, symbolic links, zip64, UTF-8 names. */
final class ZipMembers {
  private static final int TYPE = 0170000;
  private static final int FOLDER = 0040000;
  private static final int FILE = 0100000;
  private static final int LINK = 0120000;
  private static final int PERMISSIONS = 0777; // as unzip: no setuid from a zip
  private static final int LONGEST_LINK = 4096;

  private ZipMembers() {}

  static void write(Path bundle, MemberWriter writer) throws IOException {
    try (var zip = ZipFile.builder().setPath(bundle).get()) {
      for (var entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
        write(zip, entry, writer);
      }
    }
  }

  private static void write(ZipFile zip, ZipArchiveEntry entry, MemberWriter writer)
      throws IOException {
    var name = entry.getName();
    var unixMode = entry.getUnixMode();
    var type = unixMode & TYPE;
    var attributes =
        new MemberWriter.Attributes(
            unixMode == 0 ? Optional.empty() : Optional.of(unixMode & PERMISSIONS),
            Optional.ofNullable(entry.getLastModifiedTime())
                .orElseGet(() -> FileTime.from(Instant.now())),
            Optional.empty());
    if (entry.isDirectory()) {
      writer.folder(name, attributes);
    } else if (type == LINK) {
      if (entry.getSize() > LONGEST_LINK) {
        throw new IOException("member '" + name + "' has a link target that is too long");
      }
      writer.link(name, zip.getUnixSymlink(entry), attributes);
    } else if (type == 0 || type == FILE || type == FOLDER) {
      try (var content = zip.getInputStream(entry)) {
        writer.file(name, content, attributes);
      }
    } else {
      throw new IOException("member '" + name + "' is neither file, folder nor link");
    }
  }
}
