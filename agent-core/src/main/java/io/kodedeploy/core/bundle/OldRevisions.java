package io.kodedeploy.core.bundle;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.util.Comparator.comparing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes the oldest revisions of one deployment group (host-agent.md 7.6). */
final class OldRevisions {
  private static final Logger log = LoggerFactory.getLogger(OldRevisions.class);

  private record Candidate(Path path, FileTime modified) {}

  private OldRevisions() {}

  /**
   * Leaves at most that many revisions, the current one counted. What cannot be deleted is warned
   * about and stays.
   *
   * @param lastSuccessful never deleted, even when that leaves one more
   */
  static void remove(Path group, Path current, Optional<Path> lastSuccessful, int most) {
    try {
      List<Candidate> candidates;
      try (var entries = Files.list(group)) {
        candidates =
            entries.filter(entry -> !entry.equals(current)).map(OldRevisions::candidate).toList();
      }
      var surplus = candidates.size() - most + 1;
      candidates.stream()
          .filter(candidate -> !lastSuccessful.equals(Optional.of(candidate.path())))
          .sorted(comparing(Candidate::modified).thenComparing(Candidate::path))
          .limit(Math.max(0, surplus))
          .forEach(candidate -> delete(candidate.path()));
    } catch (IOException e) {
      log.atWarn().setCause(e).addKeyValue("group", group).log("old revisions cannot be listed");
    }
  }

  private static Candidate candidate(Path path) {
    try {
      return new Candidate(path, Files.getLastModifiedTime(path, NOFOLLOW_LINKS));
    } catch (IOException _) {
      return new Candidate(path, FileTime.fromMillis(0)); // gone meanwhile: deleting it is nothing
    }
  }

  private static void delete(Path revision) {
    try {
      FileTrees.delete(revision);
    } catch (IOException e) {
      log.atWarn().setCause(e).addKeyValue("revision", revision).log("old revision stays");
    }
  }
}
