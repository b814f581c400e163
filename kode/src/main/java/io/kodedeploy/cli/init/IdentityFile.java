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

/** {@code codedeploy.onpremises.yml}: the identity of a host, a user's secret key included. */
final class IdentityFile {
  /** The name that every agent looks for. */
  static final String NAME = "codedeploy.onpremises.yml";

  /** The same for the chart's membership Jobs. */
  static final String MEMBERSHIP = "membership.yml";

  private final Path file;

  IdentityFile(Path folder) {
    this(folder, NAME);
  }

  IdentityFile(Path folder, String name) {
    this.file = folder.resolve(name);
  }

  /**
   * Who the file is for.
   *
   * @param arn of the user or of the session
   * @param accessKeyId a user's key, else empty
   */
  record Identity(String arn, String accessKeyId) {}

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
    return text()
        .map(
            text -> {
              try {
                Map<String, @Nullable Object> values = YamlDocument.mapping(text).orElse(Map.of());
                var arn = values.get("iam_user_arn");
                return new Identity(
                    String.valueOf(arn == null ? values.get("iam_session_arn") : arn),
                    String.valueOf(values.getOrDefault("aws_access_key_id", "")));
              } catch (IllegalArgumentException e) {
                throw unreadable(e);
              }
            });
  }

  /**
   * Refuses a file of another host.
   *
   * @throws CliException {@code identity-file-conflict}
   */
  void refuseForeign(String name) {
    read()
        .filter(identity -> !identity.arn().endsWith("/" + name))
        .ifPresent(
            identity -> {
              throw new CliException(
                  Problem.IDENTITY_FILE_CONFLICT,
                  file + " belongs to " + identity.arn() + ", expected " + name + ".",
                  "give every namespace a folder of its own with --out.");
            });
  }

  private Optional<String> text() {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private CliException unreadable(Exception cause) {
    return new CliException(
            Problem.IDENTITY_FILE_CONFLICT,
            file + " is there and cannot be read: " + cause.getMessage() + ".",
            "move it away, or give another folder with --out.")
        .because(cause);
  }

  /** Writes a user's file. */
  void writeUser(String region, String userArn, String accessKeyId, String secret) {
    write(
        "---\nregion: %s\niam_user_arn: %s\naws_access_key_id: %s\naws_secret_access_key: %s\n"
            .formatted(region, userArn, accessKeyId, secret));
  }

  /**
   * Writes a session's file, which holds no secret.
   *
   * @param tokenFile by which the role is assumed, empty for whatever credentials the pod has
   * @return whether it said something else before
   */
  boolean writeSession(
      String region, String sessionArn, String roleArn, Optional<String> tokenFile) {
    String text =
        "---\nregion: %s\niam_session_arn: %s\nrole_arn: %s\n"
                .formatted(region, sessionArn, roleArn)
            + tokenFile.map(path -> "web_identity_token_file: " + path + "\n").orElse("");
    if (text().filter(text::equals).isPresent()) {
      return false;
    }
    write(text);
    return true;
  }

  /** Whether there was one. */
  boolean delete() {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new CliException(
              Problem.IDENTITY_FILE_CONFLICT,
              "could not delete " + file + ": " + e + ".",
              "delete it by hand.")
          .because(e);
    }
  }

  /** For its owner only, whole or not at all. */
  private void write(String text) {
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
