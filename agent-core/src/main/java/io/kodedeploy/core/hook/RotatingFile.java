package io.kodedeploy.core.hook;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * An append-only file of at most 64 MiB with seven older ones beside it, {@code .1} the newest. It
 * and its folder come into being with the first write. Not safe for several threads.
 */
final class RotatingFile implements AutoCloseable {
  private static final int FILES = 8;
  private static final long LIMIT = 64L << 20;

  private final Path path;
  private final long limit;
  private @Nullable FileChannel channel;

  RotatingFile(Path path) {
    this(path, LIMIT);
  }

  RotatingFile(Path path, long limit) {
    this.path = path;
    this.limit = limit;
  }

  Path path() {
    return path;
  }

  /** Makes the folder with these rights, unless it is there. */
  void makeFolder(String rights) throws IOException {
    var folder = path.getParent();
    if (Files.exists(folder)) {
      return;
    }
    Files.createDirectories(folder.getParent());
    Files.createDirectory(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights)));
  }

  /** Appends a prefix and an entry in one write, so that what is on disk is whole entries. */
  void append(byte[] prefix, byte[] entry) throws IOException {
    var open = channel == null ? open() : channel;
    if (open.size() > 0 && open.size() + prefix.length + entry.length > limit) {
      open.close();
      shift();
      open = open();
    }
    var bytes = ByteBuffer.allocate(prefix.length + entry.length).put(prefix).put(entry).flip();
    while (bytes.hasRemaining()) {
      open.write(bytes);
    }
  }

  private FileChannel open() throws IOException {
    Files.createDirectories(path.getParent());
    channel = FileChannel.open(path, CREATE, WRITE, APPEND);
    return channel;
  }

  private void shift() throws IOException {
    for (var n = FILES - 1; n > 0; n--) {
      var newer = n == 1 ? path : numbered(n - 1);
      if (Files.exists(newer)) {
        Files.move(newer, numbered(n), REPLACE_EXISTING);
      }
    }
  }

  private Path numbered(int n) {
    return path.resolveSibling(path.getFileName() + "." + n);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }
}
