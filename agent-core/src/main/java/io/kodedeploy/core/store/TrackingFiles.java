package io.kodedeploy.core.store;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that survive a crash and name the commands that were being executed (host-agent.md
 * section 4.7): one per deployment, its content the host command identifier.
 */
public final class TrackingFiles {
  private static final Logger log = LoggerFactory.getLogger(TrackingFiles.class);
  private static final Duration FRESH = Duration.ofDays(1);

  private final DeploymentPaths paths;
  private final InstantSource clock;

  /** A file that was left behind. */
  public record Left(Path file, String hostCommandIdentifier) {}

  /** Files below that root. */
  public TrackingFiles(DeploymentPaths paths, InstantSource clock) {
    this.paths = paths;
    this.clock = clock;
  }

  /** Written before a command is acknowledged. */
  public void begin(String deploymentId, String hostCommandIdentifier) {
    try {
      AtomicFiles.write(paths.tracking(deploymentId), hostCommandIdentifier);
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.STATE_WRITE_FAILED,
          "cannot write " + paths.tracking(deploymentId) + ": " + e,
          e);
    }
  }

  /** Deleted after the report. */
  public void end(String deploymentId) {
    delete(paths.tracking(deploymentId));
  }

  /** Deletes a file that was left behind, unless a new command has taken it over. */
  public void forget(Left left) {
    try {
      if (AtomicFiles.read(left.file()).filter(left.hostCommandIdentifier()::equals).isPresent()) {
        delete(left.file());
      }
    } catch (IOException e) {
      log.atWarn().setCause(e).addKeyValue("file", left.file()).log("tracking file cannot be read");
    }
  }

  /** The fresh files, oldest first; stale ones are deleted on the way. */
  public List<Left> left() throws IOException {
    var found = new ArrayList<Left>();
    for (Path file : files()) {
      try {
        var age = Duration.between(Files.getLastModifiedTime(file).toInstant(), clock.instant());
        if (age.compareTo(FRESH) > 0) {
          delete(file);
        } else {
          AtomicFiles.read(file).ifPresent(id -> found.add(new Left(file, id.strip())));
        }
      } catch (NoSuchFileException _) {
        // a command that was resumed has ended meanwhile
      }
    }
    return found;
  }

  private List<Path> files() throws IOException {
    var files = new ArrayList<Path>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(paths.tracking())) {
      for (Path entry : entries) {
        if (Files.isRegularFile(entry) && !entry.getFileName().toString().startsWith(".")) {
          files.add(entry);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    files.sort(Comparator.comparingLong(file -> file.toFile().lastModified()));
    return files;
  }

  private static void delete(Path file) {
    try {
      if (!Files.deleteIfExists(file)) {
        log.atInfo().addKeyValue("file", file).log("the tracking file does not exist");
      }
    } catch (IOException e) {
      log.atWarn().setCause(e).addKeyValue("file", file).log("tracking file cannot be deleted");
    }
  }
}
