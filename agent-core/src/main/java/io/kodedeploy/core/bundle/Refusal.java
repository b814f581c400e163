package io.kodedeploy.core.bundle;

import java.io.IOException;

/** Why a member of a bundle is not unpacked: its name, the rule, and the key that relaxes it. */
final class Refusal {
  private static final int PERMISSIONS = 07777;
  private static final int LONGEST_SHOWN = 200;

  private Refusal() {}

  /** A refusal that no setting relaxes. */
  static IOException of(String member, String why) {
    return new IOException("member '" + shown(member) + "' " + why);
  }

  /**
   * A refusal by a rule of host-agent.md 14.5.
   *
   * @param key the official key
   * @param remedy what setting the key to which value does
   */
  static IOException of(String member, String why, String key, String remedy) {
    return new IOException(
        "member '" + shown(member) + "' " + why + " (rule " + key + ": " + remedy + ")");
  }

  static IOException symbolicLink(String member) {
    return of(member, "is a symbolic link", "reject_symlinks_in_bundle", "false allows links");
  }

  static IOException setId(String member, int mode) {
    return of(
        member,
        "is setuid or setgid (mode " + Integer.toOctalString(mode & PERMISSIONS) + ")",
        "reject_unsafe_permissions_in_bundle",
        "false lets it pass");
  }

  /** A hostile name, fit for a log line. */
  static String shown(String name) {
    var text = name.replaceAll("\\p{Cntrl}", "?");
    return text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text;
  }
}
