package io.kodedeploy.core.store;

import io.kodedeploy.core.config.ProcessRules;
import io.kodedeploy.core.config.ProcessRules.FolderRule;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The folders below {@code root_dir} that other accounts have no business in. The root itself and
 * the revisions stay passable, though not readable: a script with {@code runas} is reached by its
 * path. Does nothing where a file system knows no rights.
 */
public final class StateFolders {
  private static final String PASSABLE = "rwx--x--x";
  private static final String CLOSED = "rwx------";
  private static final String LOGS = "rwxr-x---";

  private StateFolders() {}

  /**
   * Makes the folders as the rules say.
   *
   * @throws AgentException {@code state-write-failed} when one cannot be made
   */
  public static void prepare(DeploymentPaths paths, ProcessRules rules) {
    folder(paths.root(), PASSABLE, rules.agentFolders());
    folder(paths.instructions(), CLOSED, rules.agentFolders());
    folder(paths.tracking(), CLOSED, rules.agentFolders());
    folder(paths.deploymentsLog().getParent(), LOGS, rules.logFolders());
  }

  /**
   * Makes one folder; its parents get the rights of the umask.
   *
   * @param rights as {@code ls} shows them
   */
  public static void folder(Path folder, String rights, FolderRule rule) {
    try {
      boolean there = Files.isDirectory(folder);
      Files.createDirectories(folder);
      boolean close = rule == FolderRule.ALL_CLOSED || (rule == FolderRule.NEW_CLOSED && !there);
      if (close && Files.getFileStore(folder).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(rights));
      }
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.STATE_WRITE_FAILED, "cannot make the folder " + folder + ": " + e, e);
    }
  }
}
