package io.kodedeploy.core.spec;

import io.kodedeploy.core.error.AgentException;
import java.util.Map;
import java.util.Optional;

/** Access control entries as an AppSpec writes them (host-agent.md 8.6). */
final class AclGrammar {
  private static final Map<String, String> TYPES =
      Map.of(
          "u", "user", "user", "user", "g", "group", "group", "group", //
          "m", "mask", "mask", "mask", "o", "other", "other", "other");

  private AclGrammar() {}

  static AclEntry read(SpecNode node) {
    var text = node.literal().strip();
    var parts = text.split(":", -1);
    if (parts.length < 2 || parts.length > 4) {
      throw invalid(node, text, "it needs 2 to 4 parts");
    }
    var permissions = parts[parts.length - 1];
    var nameOrType = parts[parts.length - 2];
    var isDefault = parts.length > 2 && isDefault(parts[0]);
    Optional<String> type = Optional.empty();
    if (parts.length == 4) {
      if (!isDefault) {
        throw invalid(node, text, "four parts begin with default");
      }
      type = Optional.of(type(node, text, parts[1]));
    } else if (parts.length == 3 && !isDefault) {
      type = Optional.of(type(node, text, parts[0]));
    }
    if (type.isEmpty() && isMaskOrOther(TYPES.get(nameOrType))) {
      type = Optional.of(TYPES.get(nameOrType));
      nameOrType = "";
    }
    return entry(node, text, isDefault, type.orElse("user"), nameOrType, permissions);
  }

  private static AclEntry entry(
      SpecNode node, String text, boolean isDefault, String type, String name, String permissions) {
    if (isMaskOrOther(type) && !name.isEmpty()) {
      throw invalid(node, text, type + " takes no name");
    }
    if (!isDefault && name.isEmpty() && !type.equals("mask")) {
      throw node.error("Use mode to set the base acl entry (" + text + ")");
    }
    return new AclEntry(isDefault, type, name, permissions(node, text, permissions));
  }

  private static String permissions(SpecNode node, String text, String permissions) {
    if (permissions.length() == 1 && permissions.charAt(0) >= '0' && permissions.charAt(0) <= '7') {
      return permissions(permissions.charAt(0) - '0');
    }
    for (var at = 0; at < permissions.length(); at++) {
      var character = permissions.charAt(at);
      if ("rwx-".indexOf(character) < 0) {
        throw node.error("acl entry (" + text + ") has an invalid character (" + character + ")");
      }
    }
    return (permissions.contains("r") ? "r" : "-")
        + (permissions.contains("w") ? "w" : "-")
        + (permissions.contains("x") ? "x" : "-");
  }

  private static String permissions(int digit) {
    return ((digit & 4) != 0 ? "r" : "-")
        + ((digit & 2) != 0 ? "w" : "-")
        + ((digit & 1) != 0 ? "x" : "-");
  }

  private static String type(SpecNode node, String text, String part) {
    var type = TYPES.get(part);
    if (type == null) {
      throw invalid(node, text, "unknown type " + part);
    }
    return type;
  }

  private static boolean isDefault(String part) {
    return part.equals("d") || part.equals("default");
  }

  private static boolean isMaskOrOther(String type) {
    return "mask".equals(type) || "other".equals(type);
  }

  private static AgentException invalid(SpecNode node, String text, String why) {
    return node.error("Invalid acl entry (" + text + "): " + why);
  }
}
