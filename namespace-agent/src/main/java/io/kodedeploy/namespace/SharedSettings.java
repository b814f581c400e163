package io.kodedeploy.namespace;

import io.kodedeploy.core.config.SettingsReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where a process that serves a list of namespaces finds it. Both folders are read again while it
 * works.
 *
 * @param namespaces {@code namespaces.dir}: a file {@code NAMESPACE.yml} for each namespace, with
 *     whatever differs there from {@code agent.yml}
 * @param identities {@code identities.dir}: for each namespace {@code
 *     NAMESPACE/codedeploy.onpremises.yml} or {@code NAMESPACE.codedeploy.onpremises.yml}
 * @param interval between two looks at them; {@code namespaces.interval}, 10 s unless given, 1 s to
 *     5 min
 */
record SharedSettings(Path namespaces, Path identities, Duration interval) {
  /** Settings of the process, which a namespace's file cannot change. */
  private static final List<String> OF_THE_PROCESS =
      List.of(
          "mode",
          "namespaces.",
          "identities.",
          "server.",
          "log.",
          "kubernetes.",
          "bundles.",
          "hooks",
          "stop.limit");

  static SharedSettings read(SettingsReader reader) {
    return new SharedSettings(
        Path.of(reader.text("namespaces.dir", "/etc/kodedeploy-shared/namespaces")),
        Path.of(reader.text("identities.dir", "/etc/kodedeploy-shared/identities")),
        reader.duration(
            "namespaces.interval",
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofMinutes(5)));
  }

  /** Whether the file of a namespace may hold this key. */
  static boolean ofNamespace(String key) {
    return OF_THE_PROCESS.stream()
        .noneMatch(own -> own.endsWith(".") ? key.startsWith(own) : key.equals(own));
  }
}
