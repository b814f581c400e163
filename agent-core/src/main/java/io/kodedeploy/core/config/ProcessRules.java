package io.kodedeploy.core.config;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How the agent's own process and its folders stand on a machine (host-agent.md 3.2, 14.5).
 *
 * @param pidDirectory {@code pid_dir}, absolute; the shipped value when nothing is said
 * @param user {@code user}: the account that {@code kode agent start} changes to
 * @param group {@code group}: its group; absent, the account's own
 * @param coreDumps {@code disable_core_dumps} is not true; false: neither the agent nor a script
 *     leaves its memory on disk
 * @param agentFolders {@code restrict_agent_dir_permissions}: state below {@code root_dir}
 * @param logFolders {@code restrict_log_dir_permissions}: {@code log_dir} and the logs of scripts
 */
public record ProcessRules(
    Path pidDirectory,
    Optional<String> user,
    Optional<String> group,
    boolean coreDumps,
    FolderRule agentFolders,
    FolderRule logFolders) {
  private static final String PID_DIRECTORY = "/opt/codedeploy-agent/state/.pid";

  /** Who may look into the agent's folders. */
  public enum FolderRule {
    /** False: the umask decides, as in the official agent. */
    UMASK,
    /**
     * Nothing is said: a folder that the agent makes is closed, one that is there stays as it is.
     */
    NEW_CLOSED,
    /** True: a folder that is there is closed too. */
    ALL_CLOSED
  }

  static ProcessRules of(OfficialValues values) {
    var user = values.text("user", "");
    user.filter(name -> !userExists(name))
        .ifPresent(name -> values.refuse("The system user does not exist: \"" + name + "\""));
    var group = values.text("group", "");
    group
        .filter(name -> !groupExists(name))
        .ifPresent(name -> values.refuse("The system group does not exist: \"" + name + "\""));
    return new ProcessRules(
        values.path("pid_dir", PID_DIRECTORY).orElse(Path.of(PID_DIRECTORY)),
        user,
        group,
        !values.flag("disable_core_dumps", true),
        folders(values, "restrict_agent_dir_permissions"),
        folders(values, "restrict_log_dir_permissions"));
  }

  private static FolderRule folders(OfficialValues values, String key) {
    if (!values.has(key)) {
      values.text(key, "new folders");
      return FolderRule.NEW_CLOSED;
    }
    return values.flag(key, false) ? FolderRule.ALL_CLOSED : FolderRule.UMASK;
  }

  private static boolean userExists(String name) {
    try {
      FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean groupExists(String name) {
    try {
      FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
