package io.kodedeploy.core.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The note of what an Install has made, one entry a line and written as it happens, so that the
 * next one can remove it (host-agent.md 9.5). The format is the official agent's.
 */
final class CleanupFile implements AutoCloseable {
  private static final String LABEL = "semanage\0";

  private final FileChannel channel;

  private CleanupFile(FileChannel channel) {
    this.channel = channel;
  }

  /** Begins a new note. */
  static CleanupFile begin(Path file) throws IOException {
    return new CleanupFile(FileChannel.open(file, CREATE, WRITE, TRUNCATE_EXISTING));
  }

  void installed(Path path) throws IOException {
    write(path + "\n");
  }

  void labelled(Path path) throws IOException {
    write(LABEL + path + "\n");
  }

  private void write(String line) throws IOException {
    var bytes = UTF_8.encode(line);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Takes an installation back, last things first, and removes its note. */
  static void undo(Path file, Tools tools) throws IOException, InterruptedException {
    if (!Files.exists(file)) {
      return;
    }
    for (var line : lines(file).reversed()) {
      if (line.startsWith(LABEL)) {
        tools.attempt(List.of("semanage", "fcontext", "-d", line.substring(LABEL.length())));
      } else if (!line.isEmpty()) {
        remove(Path.of(line));
      }
    }
    Files.delete(file);
  }

  private static void remove(Path path) throws IOException {
    if (Files.isDirectory(path, NOFOLLOW_LINKS)) {
      try {
        Files.delete(path);
      } catch (DirectoryNotEmptyException _) {
        return; // somebody else's files are in it
      }
    } else {
      Files.deleteIfExists(path);
    }
  }

  /** Complete lines only: the last one may have been interrupted. */
  private static List<String> lines(Path file) throws IOException {
    var text = UTF_8.decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
    var lines = new ArrayList<String>();
    var from = 0;
    for (var end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      lines.add(text.substring(from, end));
      from = end + 1;
    }
    return lines;
  }
}
