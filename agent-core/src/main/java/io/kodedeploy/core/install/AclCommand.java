package io.kodedeploy.core.install;

import io.kodedeploy.core.spec.AclEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The entries that {@code setfacl} is given for one object (host-agent.md 9.4); no state (FIX 6).
 */
final class AclCommand {
  private AclCommand() {}

  /**
   * The argument vector.
   *
   * @param entries as {@link #entries} gives them
   */
  static List<String> of(String entries, List<Path> files) {
    var vector = new ArrayList<>(List.of("setfacl", "--set", entries));
    files.forEach(file -> vector.add(file.toString()));
    return vector;
  }

  /**
   * The list of entries, joined by commas.
   *
   * @param mode the object's permission bits now; they give the base entries
   */
  static String entries(List<AclEntry> asked, int mode) {
    var user = permissions(mode >> 6);
    var group = permissions(mode >> 3);
    var other = permissions(mode);
    var list = new ArrayList<>(asked);
    list.add(new AclEntry(false, "user", "", user));
    list.add(new AclEntry(false, "group", "", group));
    list.add(new AclEntry(false, "other", "", other));
    if (named(asked, false) && !has(asked, false, "mask")) {
      list.add(new AclEntry(false, "mask", "", group));
    }
    if (asked.stream().anyMatch(AclEntry::defaultEntry)) {
      addMissing(list, "user", user);
      addMissing(list, "group", group);
      addMissing(list, "other", other);
      if (named(asked, true) && !has(asked, true, "mask")) {
        list.add(new AclEntry(true, "mask", "", defaultGroup(list)));
      }
    }
    return list.stream().map(AclEntry::toString).collect(Collectors.joining(","));
  }

  private static void addMissing(List<AclEntry> list, String type, String permissions) {
    if (!has(list, true, type)) {
      list.add(new AclEntry(true, type, "", permissions));
    }
  }

  private static boolean named(List<AclEntry> list, boolean isDefault) {
    return list.stream().anyMatch(entry -> entry.defaultEntry() == isDefault && entry.named());
  }

  private static boolean has(List<AclEntry> list, boolean isDefault, String type) {
    return list.stream()
        .anyMatch(
            entry ->
                entry.defaultEntry() == isDefault && entry.type().equals(type) && !entry.named());
  }

  private static String defaultGroup(List<AclEntry> list) {
    return list.stream()
        .filter(entry -> entry.defaultEntry() && entry.type().equals("group") && !entry.named())
        .map(AclEntry::permissions)
        .findFirst()
        .orElseThrow();
  }

  private static String permissions(int bits) {
    return ((bits & 4) != 0 ? "r" : "-")
        + ((bits & 2) != 0 ? "w" : "-")
        + ((bits & 1) != 0 ? "x" : "-");
  }
}
