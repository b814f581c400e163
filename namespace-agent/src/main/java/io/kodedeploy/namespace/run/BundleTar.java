package io.kodedeploy.namespace.run;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Folders as one tar, each below its place in the list: {@code 0/}, {@code 1/}. Unchanged folders
 * give the same bytes every time, so that a digest tells whether all of it arrived. Links stay
 * links and are never followed; what is neither file, folder nor link is left out.
 */
final class BundleTar {
  private static final int PERMISSIONS = 0777;

  private BundleTar() {}

  /** Writes it; the stream stays open. */
  static void write(List<Path> trees, OutputStream output) throws IOException {
    var tar = new TarArchiveOutputStream(output, StandardCharsets.UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    for (var index = 0; index < trees.size(); index++) {
      add(tar, trees.get(index), Integer.toString(index));
    }
    tar.finish();
    tar.flush();
  }

  private static void add(TarArchiveOutputStream tar, Path file, String name) throws IOException {
    var attributes = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
    if (attributes.isSymbolicLink()) {
      var entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
      entry.setLinkName(Files.readSymbolicLink(file).toString());
      put(tar, entry, attributes);
    } else if (attributes.isDirectory()) {
      var entry = new TarArchiveEntry(name + "/");
      entry.setMode(mode(file));
      put(tar, entry, attributes);
      List<Path> children;
      try (var stream = Files.list(file)) {
        children = stream.sorted().toList();
      }
      for (var child : children) {
        add(tar, child, name + "/" + child.getFileName());
      }
    } else if (attributes.isRegularFile()) {
      var entry = new TarArchiveEntry(name);
      entry.setMode(mode(file));
      entry.setSize(attributes.size());
      entry.setModTime(seconds(attributes));
      tar.putArchiveEntry(entry);
      Files.copy(file, tar);
      tar.closeArchiveEntry();
    }
  }

  private static void put(
      TarArchiveOutputStream tar, TarArchiveEntry entry, BasicFileAttributes attributes)
      throws IOException {
    entry.setModTime(seconds(attributes));
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private static FileTime seconds(BasicFileAttributes attributes) {
    return FileTime.from(attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS));
  }

  private static int mode(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:mode", NOFOLLOW_LINKS) & PERMISSIONS;
  }
}
