package io.kodedeploy.core.bundle;

import io.kodedeploy.core.config.BundleRules;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Holds a folder that is deployed as it is to the rules of every bundle (host-agent.md 14.5). */
final class LocalDirectories {
  private static final int SET_ID = 06000;

  private LocalDirectories() {}

  /**
   * Looks at everything in it, and follows no link.
   *
   * @throws AgentException with {@link ErrorCode#BUNDLE_UNREADABLE}
   */
  static void check(Path folder, BundleRules rules) throws IOException {
    var limits = new ExtractionLimits(rules.maxExtractionBytes(), ExtractionLimits.MOST_MEMBERS);
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              check(folder.relativize(file).toString(), file, attributes, rules, limits);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.BUNDLE_UNREADABLE,
          "Error copying directory " + folder + ": " + Failures.reason(e),
          e);
    }
  }

  private static void check(
      String name,
      Path file,
      BasicFileAttributes attributes,
      BundleRules rules,
      ExtractionLimits limits)
      throws IOException {
    limits.member(name);
    if (attributes.isOther()) {
      throw Refusal.of(name, "is neither file, folder nor link");
    }
    if (attributes.isSymbolicLink()) {
      if (rules.rejectSymlinks()) {
        throw Refusal.symbolicLink(name);
      }
      return;
    }
    limits.bytes(name, attributes.size());
    var mode = (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if (rules.rejectUnsafePermissions() && (mode & SET_ID) != 0) {
      throw Refusal.setId(name, mode);
    }
  }
}
