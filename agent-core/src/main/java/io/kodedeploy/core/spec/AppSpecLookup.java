package io.kodedeploy.core.spec;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Which file of an archive is its AppSpec; the same answer for every event (host-agent.md 8.1). */
public final class AppSpecLookup {
  private static final List<String> FALLBACKS = List.of("appspec.yaml", "appspec.yml");

  private AppSpecLookup() {}

  /**
   * The configured file, else {@code appspec.yaml}, else {@code appspec.yml}.
   *
   * @param configured the specification's file name, relative
   * @param exists whether a file is there
   */
  public static Optional<Path> find(Path archive, String configured, Predicate<Path> exists) {
    var first = archive.resolve(configured);
    if (exists.test(first)) {
      return Optional.of(first);
    }
    return FALLBACKS.stream().map(archive::resolve).filter(exists).findFirst();
  }
}
