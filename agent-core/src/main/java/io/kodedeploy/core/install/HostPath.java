package io.kodedeploy.core.install;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Paths of an AppSpec on the host: absolute, without dots and without a trailing slash. */
final class HostPath {
  private HostPath() {}

  static Path of(String text) {
    if (text.startsWith("~")) {
      throw new AgentException(
          ErrorCode.INSTALL_FAILED,
          "The AppSpec file names " + text + ", but an agent has no home: use an absolute path");
    }
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new AgentException(
          ErrorCode.INSTALL_FAILED, "The AppSpec file names an impossible path: " + text, e);
    }
  }
}
