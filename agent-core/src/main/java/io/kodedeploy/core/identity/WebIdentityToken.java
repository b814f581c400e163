package io.kodedeploy.core.identity;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The token that Kubernetes rotates in a file. */
final class WebIdentityToken {
  private WebIdentityToken() {}

  static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.CREDENTIALS_UNAVAILABLE,
          "the web identity token " + file + " cannot be read: " + e,
          e);
    }
  }
}
