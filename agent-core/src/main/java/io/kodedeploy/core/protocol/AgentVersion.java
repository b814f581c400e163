package io.kodedeploy.core.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The value of {@code x-amz-codedeploy-agent-version} (host-agent.md section 1.4): from the {@code
 * .version} file of an installation, else our own, in the official form because the service treats
 * old and unknown agents as unsupported.
 */
final class AgentVersion {
  private static final Path FALLBACK = Path.of("/opt/codedeploy-agent/.version");

  /** Compares as 1.8.1, the release line whose behaviour we have. */
  static final String OURS = "OFFICIAL_1.8.1-0_kodedeploy";

  private AgentVersion() {}

  static String of(Path rootDirectory) {
    return of(rootDirectory, FALLBACK);
  }

  static String of(Path rootDirectory, Path fallback) {
    Path parent = rootDirectory.getParent();
    var files = parent == null ? List.of(fallback) : List.of(parent.resolve(".version"), fallback);
    return files.stream()
        .map(AgentVersion::read)
        .flatMap(Optional::stream)
        .findFirst()
        .orElse(OURS);
  }

  private static Optional<String> read(Path file) {
    try {
      String text = Files.readString(file);
      int colon = text.lastIndexOf(": ");
      return Optional.of((colon < 0 ? text : text.substring(colon + 2)).strip())
          .filter(v -> !v.isEmpty());
    } catch (IOException e) {
      return Optional.empty(); // absent is the normal case; our own version then
    }
  }
}
