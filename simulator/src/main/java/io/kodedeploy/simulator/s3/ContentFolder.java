package io.kodedeploy.simulator.s3;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The temporary folder with the bytes of all objects. Thread-safe: every file is written once. */
final class ContentFolder implements AutoCloseable {
  private final Path folder;

  ContentFolder() {
    try {
      folder = Files.createTempDirectory("kodedeploy-simulator-s3-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A body that was stored and verified. */
  record Received(ContentFile file, Map<String, String> checksums) {}

  /**
   * Stores the body of a request.
   *
   * @throws AwsError if it is not what its checksums or its signature say; nothing is left then
   */
  Received receive(AwsRequest request) {
    var checksums = new Checksums(request.headers());
    var path = newFile();
    try {
      var md5 = Checksums.messageDigest("MD5");
      long size = 0;
      try (var out = Files.newOutputStream(path)) {
        var in = request.body().stream();
        var buffer = new byte[64 * 1024];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          out.write(buffer, 0, read);
          md5.update(buffer, 0, read);
          checksums.update(buffer, read);
          size += read;
        }
      }
      var announced = request.body().length();
      if (announced.isPresent() && announced.get() != size) {
        throw AwsError.badRequest(
            "IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header.");
      }
      var verified = checksums.verify(request.body());
      var hex = HexFormat.of().formatHex(md5.digest());
      return new Received(new ContentFile(path, size, hex), verified);
    } catch (IOException e) {
      remove(path);
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      remove(path);
      throw e;
    }
  }

  /** One file with the content of several, in order. */
  ContentFile join(List<ContentFile> parts) {
    var path = newFile();
    var md5 = Checksums.messageDigest("MD5");
    try (var out = Files.newOutputStream(path)) {
      for (var part : parts) {
        try (var in = new java.security.DigestInputStream(part.open(), md5)) {
          in.transferTo(out);
        }
      }
    } catch (IOException e) {
      remove(path);
      throw new UncheckedIOException(e);
    }
    var size = parts.stream().mapToLong(ContentFile::size).sum();
    return new ContentFile(path, size, HexFormat.of().formatHex(md5.digest()));
  }

  private Path newFile() {
    try {
      return Files.createTempFile(folder, "", ".object");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes every file, keeping the folder. */
  void clear() {
    try (var files = Files.list(folder)) {
      files.forEach(ContentFolder::remove);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    clear();
    remove(folder);
  }
}
