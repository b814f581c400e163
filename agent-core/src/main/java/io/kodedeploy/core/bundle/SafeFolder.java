package io.kodedeploy.core.bundle;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A folder into which archive members are written and out of which none leads: no absolute name, no
 * {@code ..}, no way through a symbolic link that points elsewhere (FIX 9). Confined to one thread.
 */
final class SafeFolder {
  private static final String RULE = "reject_path_traversal_in_bundle";
  private static final int LONGEST_NAME = 4096; // PATH_MAX of Linux
  private static final int DEEPEST = 256;

  private final Path root;
  private final boolean strict;
  private final Set<Path> checked = new HashSet<>();

  /**
   * A folder, made if need be.
   *
   * @param strict {@code reject_path_traversal_in_bundle}: false strips a leading {@code /} and
   *     takes a {@code ..} that stays inside
   */
  SafeFolder(Path root, boolean strict) throws IOException {
    this.root = Files.createDirectories(root).toRealPath();
    this.strict = strict;
  }

  Path root() {
    return root;
  }

  /**
   * Where a member belongs, its parents made.
   *
   * @throws IOException when the name leads elsewhere
   */
  Path place(String member) throws IOException {
    var path = resolve(member);
    if (!path.equals(root)) {
      enter(path.getParent(), member);
    }
    return path;
  }

  /** Where an existing member is, for a hard link to it. */
  Path existing(String member) throws IOException {
    var path = resolve(member);
    if (path.equals(root)
        || !Files.exists(path, NOFOLLOW_LINKS)
        || !path.getParent().toRealPath().startsWith(root)) {
      throw new IOException("link to '" + Refusal.shown(member) + "', which is not in the archive");
    }
    return path;
  }

  /** To be called when a link was made: what was checked may lead elsewhere now. */
  void changed() {
    checked.clear();
  }

  /** Whether this is still a real folder of ours and not a link that took its place. */
  boolean isFolder(Path path) throws IOException {
    return Files.isDirectory(path, NOFOLLOW_LINKS) && path.toRealPath().startsWith(root);
  }

  private Path resolve(String member) throws IOException {
    if (member.length() > LONGEST_NAME) {
      throw Refusal.of(member, "has a name of more than " + LONGEST_NAME + " characters");
    }
    if (strict && (member.startsWith("/") || member.startsWith("\\"))) {
      throw Refusal.of(member, "has an absolute name", RULE, "false strips the leading /");
    }
    var parts = parts(member);
    if (parts.size() > DEEPEST) {
      throw Refusal.of(member, "lies deeper than " + DEEPEST + " folders");
    }
    try {
      return parts.isEmpty() ? root : root.resolve(String.join("/", parts));
    } catch (InvalidPathException e) {
      throw new IOException("member '" + Refusal.shown(member) + "' has an impossible name", e);
    }
  }

  private List<String> parts(String member) throws IOException {
    var parts = new ArrayList<String>();
    for (var part : member.split("/", -1)) {
      if (part.equals("..")) {
        if (strict) {
          throw Refusal.of(
              member,
              "leads out of the archive by '..'",
              RULE,
              "false takes a '..' that stays inside");
        }
        if (parts.isEmpty()) {
          throw Refusal.of(member, "leads out of the archive");
        }
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return parts;
  }

  /** Makes a folder and its parents one by one, so that no link is followed unseen. */
  private void enter(Path folder, String member) throws IOException {
    if (folder.equals(root) || checked.contains(folder)) {
      return;
    }
    enter(folder.getParent(), member);
    if (Files.isSymbolicLink(folder)) {
      if (!Files.exists(folder) || !folder.toRealPath().startsWith(root)) {
        throw Refusal.of(
            member,
            "would be written through '"
                + Refusal.shown(root.relativize(folder).toString())
                + "', a link that leads out of the archive");
      }
      if (!Files.isDirectory(folder)) {
        throw Refusal.of(member, "needs a folder where the archive has a link to a file");
      }
    } else if (!Files.isDirectory(folder, NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(folder);
      } catch (FileAlreadyExistsException e) {
        throw new IOException(
            "'" + Refusal.shown(root.relativize(folder).toString()) + "' is a file and a folder",
            e);
      }
    }
    checked.add(folder);
  }
}
