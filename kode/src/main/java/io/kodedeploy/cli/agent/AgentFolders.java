package io.kodedeploy.cli.agent;

import io.kodedeploy.core.config.CodeDeployAgentConfig;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.store.StateFolders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folders an agent needs before it starts, made when they are missing. */
final class AgentFolders {
  private AgentFolders() {}

  /**
   * Makes log and pid folder.
   *
   * @throws ConfigRefused with every folder that cannot be written
   */
  static void prepare(CodeDeployAgentConfig config) {
    var violations = new ArrayList<String>();
    var rules = config.processRules();
    config
        .logDirectory()
        .filter(
            folder ->
                !writable(
                    () -> StateFolders.folder(folder, "rwxr-x---", rules.logFolders()), folder))
        .ifPresent(folder -> violations.add(message("log", folder)));
    var pid = rules.pidDirectory();
    if (!writable(() -> StateFolders.folder(pid, "rwxr-xr-x", rules.agentFolders()), pid)) {
      violations.add(message("PID", pid));
    }
    if (!violations.isEmpty()) {
      throw new ConfigRefused(List.copyOf(violations));
    }
  }

  private static boolean writable(Runnable make, Path folder) {
    try {
      make.run();
    } catch (AgentException e) {
      return false;
    }
    return Files.isDirectory(folder) && Files.isWritable(folder);
  }

  private static String message(String name, Path folder) {
    return "Please make sure the path of the "
        + name
        + " directory exists and is writable: \""
        + folder
        + "\"";
  }
}
