package io.kodedeploy.core.install;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/** Copies one file or link with what belongs to it (host-agent.md 9.4). */
final class FileCopy {
  private static final int PERMISSIONS = 07777;
  private static final int WITHOUT_SETUID = 01777;

  private FileCopy() {}

  static void copy(Path source, Path target) throws IOException {
    if (Files.isDirectory(target)) {
      throw new FileSystemException(target.toString(), null, "Is a directory");
    }
    if (Files.isSymbolicLink(source)) {
      var text = Files.readSymbolicLink(source);
      Files.deleteIfExists(target); // FIX 20
      Files.createSymbolicLink(target, text);
      return;
    }
    var attributes = Files.readAttributes(source, PosixFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new FileSystemException(source.toString(), null, "Neither file nor link");
    }
    content(source, target);
    Files.getFileAttributeView(target, BasicFileAttributeView.class)
        .setTimes(attributes.lastModifiedTime(), attributes.lastAccessTime(), null);
    var mode = (Integer) Files.getAttribute(source, "unix:mode", NOFOLLOW_LINKS);
    var kept = owned(target, attributes) ? PERMISSIONS : WITHOUT_SETUID;
    Files.setAttribute(target, "unix:mode", mode & kept);
  }

  /** In place: a target that is a link to a file is written through. */
  private static void content(Path source, Path target) throws IOException {
    try (var from = FileChannel.open(source, READ)) {
      FileChannel to;
      try {
        to = FileChannel.open(target, WRITE, CREATE, TRUNCATE_EXISTING);
      } catch (FileSystemException e) {
        if (!"Text file busy".equals(e.getReason())) {
          throw e;
        }
        Files.delete(target); // a running program keeps the old file
        to = FileChannel.open(target, WRITE, CREATE, TRUNCATE_EXISTING);
      }
      try (var _ = to) {
        var size = from.size();
        for (var at = 0L; at < size; ) {
          var count = from.transferTo(at, size - at, to);
          if (count <= 0) {
            throw new IOException(source + " became shorter while it was copied");
          }
          at += count;
        }
      }
    }
  }

  /** Whether owner and group could be set, which only root may. */
  private static boolean owned(Path target, PosixFileAttributes source) throws IOException {
    try {
      var view = Files.getFileAttributeView(target, PosixFileAttributeView.class);
      var now = view.readAttributes();
      if (!now.owner().equals(source.owner())) {
        view.setOwner(source.owner());
      }
      if (!now.group().equals(source.group())) {
        view.setGroup(source.group());
      }
      return true;
    } catch (FileSystemException e) {
      if ("Operation not permitted".equals(e.getReason())) {
        return false;
      }
      throw e;
    }
  }
}
