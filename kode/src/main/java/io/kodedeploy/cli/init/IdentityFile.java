package io.kodedeploy.cli.init;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import io.kodedeploy.core.config.YamlDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code codedeploy.onpremises.yml}: the identity of a host, secret key included. */
final class IdentityFile {
  /** The name that every agent looks for. */
  static final String NAME = "codedeploy.onpremises.yml";

  private final Path file;

  IdentityFile(Path folder) {
    this.file = folder.resolve(NAME);
  }

  /** Who the file is for. */
  record Identity(String userArn, String accessKeyId) {}

  Path path() {
    return file;
  }

  /**
   * What the file says, if it is there.
   *
   * @throws CliException when it is there and cannot be understood: it may hold the only copy of a
   *     secret
   */
  Optional<Identity> read() {
    try {
      Map<String, @Nullable Object> values =
          YamlDocument.mapping(Files.readString(file)).orElse(Map.of());
      return Optional.of(
          new Identity(
              String.valueOf(values.get("iam_user_arn")),
              String.valueOf(values.get("aws_access_key_id"))));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw new CliException(
              Problem.IDENTITY_FILE_CONFLICT,
              file + " is there and cannot be read: " + e.getMessage() + ".",
              "move it away, or give another folder with --out.")
          .because(e);
    }
  }

  /** Writes the file for its owner only, whole or not at all. */
  void write(String region, String userArn, String accessKeyId, String secret) {
    String text =
        "---\nregion: %s\niam_user_arn: %s\naws_access_key_id: %s\naws_secret_access_key: %s\n"
            .formatted(region, userArn, accessKeyId, secret);
    try {
      Path folder = file.toAbsolutePath().getParent();
      Files.createDirectories(folder);
      Path temporary =
          Files.createTempFile(
              folder,
              "." + NAME,
              ".tmp",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        Files.write(temporary, text.getBytes(UTF_8));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new CliException(
              Problem.IDENTITY_FILE_CONFLICT,
              "could not write " + file + ": " + e + ".",
              "correct the folder's permissions or give another with --out, and run init again.")
          .because(e);
    }
  }
}
