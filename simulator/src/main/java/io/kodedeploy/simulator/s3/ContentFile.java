package io.kodedeploy.simulator.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The bytes of an object or part. A file that is deleted while it is being read is read to its end.
 *
 * @param md5 of the content, lower-case hex
 */
record ContentFile(Path path, long size, String md5) {

  /** Writes {@code length} bytes from an offset, and closes the content. */
  static void write(InputStream content, OutputStream out, long offset, long length)
      throws IOException {
    try (var in = content) {
      in.skipNBytes(offset);
      var buffer = new byte[64 * 1024];
      for (long left = length; left > 0; ) {
        var read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw new IOException("the file of an object is shorter than it was");
        }
        out.write(buffer, 0, read);
        left -= read;
      }
    }
  }

  InputStream open() {
    try {
      return Files.newInputStream(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
