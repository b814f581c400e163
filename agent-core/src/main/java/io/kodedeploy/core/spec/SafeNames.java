package io.kodedeploy.core.spec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Refuses names from a specification that could lead somewhere else on disk (FIX 9). */
final class SafeNames {
  private static final int LONGEST = 255;

  private SafeNames() {}

  /** One component of a path. */
  static String component(String member, String name) {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.contains("/")
        || name.contains("\\")
        || name.chars().anyMatch(Character::isISOControl)
        || name.getBytes(UTF_8).length > LONGEST) {
      throw DeploymentSpecReader.invalid(
          member + " in Deployment Spec is not usable as a directory name: '" + name + "'");
    }
    return name;
  }

  /** A path that stays below where it begins; a leading slash is harmless. */
  static String relative(String member, String name) {
    try {
      var path = Path.of(name.replaceFirst("^/+", "")).normalize();
      if (!path.startsWith("..") && !path.toString().isEmpty()) {
        return path.toString();
      }
    } catch (InvalidPathException _) {
      // NUL: refused below like every other path that leads nowhere
    }
    throw DeploymentSpecReader.invalid(
        member + " in Deployment Spec does not stay inside the bundle: '" + name + "'");
  }
}
