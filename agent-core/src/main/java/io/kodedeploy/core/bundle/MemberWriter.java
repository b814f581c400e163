package io.kodedeploy.core.bundle;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes the members of one archive. Attributes of folders are set at the end, so that a read-only
 * folder can be filled and keeps its time.
 */
final class MemberWriter {
  private static final int BUFFER = 64 << 10;

  /**
   * What an archive says about a member besides its content.
   *
   * @param mode permission bits, absent when the archive has none
   */
  record Attributes(Optional<Integer> mode, FileTime modified, Optional<Owners.Owner> owner) {}

  private record Folder(Path path, Attributes attributes) {}

  private final SafeFolder folder;
  private final Owners owners = new Owners();
  private final List<Folder> folders = new ArrayList<>();
  private final byte[] buffer = new byte[BUFFER];
  private int members;

  MemberWriter(SafeFolder folder) {
    this.folder = folder;
  }

  void folder(String name, Attributes attributes) throws IOException {
    members++;
    var path = folder.place(name);
    if (!Files.isDirectory(path, NOFOLLOW_LINKS)) {
      folder.clear(path);
      folder.changed();
      Files.createDirectory(path);
    }
    folders.add(new Folder(path, attributes));
  }

  void file(String name, InputStream content, Attributes attributes) throws IOException {
    members++;
    var path = folder.place(name);
    folder.clear(path);
    try (var output = Files.newOutputStream(path, CREATE_NEW, WRITE)) {
      for (var count = content.read(buffer); count >= 0; count = content.read(buffer)) {
        output.write(buffer, 0, count);
        if (Thread.interrupted()) {
          throw new InterruptedIOException("the agent is stopping");
        }
      }
    }
    set(path, attributes);
  }

  void link(String name, String target, Attributes attributes) throws IOException {
    members++;
    var path = folder.place(name);
    folder.clear(path);
    try {
      Files.createSymbolicLink(path, Path.of(target));
    } catch (InvalidPathException e) {
      throw new IOException("link '" + name + "' has an impossible target", e);
    }
    folder.changed();
    if (attributes.owner().isPresent()) {
      owners.set(path, attributes.owner().get());
    }
  }

  void hardLink(String name, String target) throws IOException {
    members++;
    var existing = folder.existing(target);
    var path = folder.place(name);
    if (!path.equals(existing)) {
      folder.clear(path);
      Files.createLink(path, existing);
      folder.changed();
    }
  }

  /** Ends the archive: an archive without any member is broken. */
  void finish() throws IOException {
    if (members == 0) {
      throw new IOException("the archive is empty");
    }
    for (var entry : folders.reversed()) {
      if (folder.isFolder(entry.path())) {
        set(entry.path(), entry.attributes());
      }
    }
  }

  private void set(Path path, Attributes attributes) throws IOException {
    if (attributes.owner().isPresent()) {
      owners.set(path, attributes.owner().get());
    }
    if (attributes.mode().isPresent()) {
      Files.setAttribute(path, "unix:mode", attributes.mode().get(), NOFOLLOW_LINKS);
    }
    Files.setLastModifiedTime(path, attributes.modified());
  }
}
