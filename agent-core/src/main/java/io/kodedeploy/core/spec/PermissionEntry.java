package io.kodedeploy.core.spec;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** One entry of the AppSpec's {@code permissions} (host-agent.md 8.5). */
final class PermissionEntry {
  private static final int LONGEST_MODE = 4;

  private PermissionEntry() {}

  /**
   * The permission.
   *
   * @param counted bounds what aliases can multiply
   */
  static Permission read(SpecNode entry, UnaryOperator<List<SpecNode>> counted) {
    if (entry.isNull()) {
      throw entry.error("permission has no object value");
    }
    var members = entry.members();
    var object = AppSpecReader.text(members, "object").strip();
    if (object.isEmpty()) {
      throw entry.error("permission has no object value");
    }
    return new Permission(
        object,
        trimmed(members, "pattern").orElse("**"),
        counted.apply(list(members, "except")).stream()
            .map(node -> node.literal().strip())
            .toList(),
        kinds(members),
        trimmed(members, "owner"),
        trimmed(members, "group"),
        Optional.ofNullable(members.get("mode")).map(PermissionEntry::mode),
        Optional.of(counted.apply(list(members, "acls")).stream().map(AclGrammar::read).toList())
            .filter(acls -> !acls.isEmpty()),
        Optional.ofNullable(members.get("context")).map(PermissionEntry::context));
  }

  private static Set<Permission.Kind> kinds(Map<String, SpecNode> members) {
    if (!members.containsKey("type")) {
      return Permission.ALL_KINDS;
    }
    var kinds = EnumSet.noneOf(Permission.Kind.class);
    for (var node : list(members, "type")) {
      kinds.add(
          switch (node.literal().strip()) {
            case "file" -> Permission.Kind.FILE;
            case "directory" -> Permission.Kind.DIRECTORY;
            case String other ->
                throw node.error(
                    "unsupported permission type (" + other + "), it must be file or directory");
          });
    }
    return kinds;
  }

  /** The digits as written: what a plain scalar would mean as a number is not what is meant. */
  private static String mode(SpecNode node) {
    var mode = node.literal().strip();
    if (mode.isEmpty() || mode.length() > LONGEST_MODE) {
      throw node.error("the length of a permissions mode (" + mode + ") must be 1 to 4");
    }
    for (var at = 0; at < mode.length(); at++) {
      var character = mode.charAt(at);
      if (character < '0' || character > '7') {
        throw node.error(
            "permissions mode (" + mode + ") has an invalid character (" + character + ")");
      }
    }
    return "0".repeat(Math.max(0, 3 - mode.length())) + mode;
  }

  private static SelinuxContext context(SpecNode node) {
    var members = node.members();
    var type = AppSpecReader.text(members, "type").strip();
    if (type.isEmpty()) {
      throw node.error("invalid context type (), a context needs a type");
    }
    return new SelinuxContext(
        trimmed(members, "user").or(() -> trimmed(members, "name")),
        type,
        Optional.ofNullable(members.get("range")).map(SelinuxRange::canonical));
  }

  private static Optional<String> trimmed(Map<String, SpecNode> members, String key) {
    return Optional.of(AppSpecReader.text(members, key).strip()).filter(text -> !text.isEmpty());
  }

  private static List<SpecNode> list(Map<String, SpecNode> members, String key) {
    var node = members.get(key);
    return node == null ? List.of() : node.asList();
  }
}
