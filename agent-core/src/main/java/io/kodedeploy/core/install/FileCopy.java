package io.kodedeploy.core.install;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.kodedeploy.core.bundle.Failures;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/** Copies one file or link with what belongs to it (host-agent.md 9.4). */
final class FileCopy {
  private static final int PERMISSIONS = 07777;
  private static final int WITHOUT_SETUID = 01777;
  private static final int TYPE = 0170000;
  private static final int FILE = 0100000;
  private static final int LINK = 0120000;

  private FileCopy() {}

  /**
   * Copies to where nothing is; for several threads.
   *
   * @return false, with nothing done, when something is there after all
   */
  static boolean copyNew(Path source, Path target) throws IOException {
    var from = attributes(source);
    if ((mode(from) & TYPE) == LINK) {
      try {
        var text = Files.readSymbolicLink(source);
        Files.createSymbolicLink(target, text);
        return true;
      } catch (FileAlreadyExistsException _) {
        return false;
      }
    }
    if ((mode(from) & TYPE) != FILE) {
      throw new FileSystemException(source.toString(), null, "Neither file nor link");
    }
    FileChannel to;
    try {
      to = FileChannel.open(target, WRITE, CREATE_NEW);
    } catch (FileAlreadyExistsException _) {
      return false;
    }
    try (to;
        var content = FileChannel.open(source, READ)) {
      transfer(source, content, target, to);
    }
    complete(target, from);
    return true;
  }

  /** Copies over what may be there; a target that is a link to a file is written through. */
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
    var attributes = attributes(source);
    if ((mode(attributes) & TYPE) != FILE) {
      throw new FileSystemException(source.toString(), null, "Neither file nor link");
    }
    content(source, target);
    complete(target, attributes);
  }

  /** Times, then owner and group, then the mode, because a change of owner takes bits away. */
  private static void complete(Path target, Map<String, Object> from) throws IOException {
    Files.getFileAttributeView(target, BasicFileAttributeView.class)
        .setTimes(
            (FileTime) from.get("lastModifiedTime"), (FileTime) from.get("lastAccessTime"), null);
    var now = Files.readAttributes(target, "unix:mode,uid,gid");
    var same = from.get("uid").equals(now.get("uid")) && from.get("gid").equals(now.get("gid"));
    var kept = same || owned(target, from) ? PERMISSIONS : WITHOUT_SETUID;
    var mode = mode(from) & kept;
    if (!same || mode != (mode(now) & PERMISSIONS)) {
      Files.setAttribute(target, "unix:mode", mode);
    }
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
        transfer(source, from, target, to);
      }
    }
  }

  private static void transfer(Path source, FileChannel from, Path target, FileChannel to)
      throws IOException {
    try {
      var size = from.size();
      for (var at = 0L; at < size; ) {
        var count = from.transferTo(at, size - at, to);
        if (count <= 0) {
          throw new IOException(source + " became shorter while it was copied");
        }
        at += count;
      }
    } catch (IOException e) {
      if (Failures.isDiskFull(e)) {
        throw new FileSystemException(target.toString(), null, e.getMessage()); // says where
      }
      throw e;
    }
  }

  private static Map<String, Object> attributes(Path source) throws IOException {
    return Files.readAttributes(
        source, "unix:mode,uid,gid,lastModifiedTime,lastAccessTime", NOFOLLOW_LINKS);
  }

  private static int mode(Map<String, Object> attributes) {
    return (Integer) attributes.get("mode");
  }

  /** Whether owner and group could be set, which only root may. */
  private static boolean owned(Path target, Map<String, Object> from) throws IOException {
    try {
      Files.setAttribute(target, "unix:uid", from.get("uid"));
      Files.setAttribute(target, "unix:gid", from.get("gid"));
      return true;
    } catch (FileSystemException e) {
      if ("Operation not permitted".equals(e.getReason())) {
        return false;
      }
      throw e;
    }
  }
}
