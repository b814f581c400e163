package io.kodedeploy.core.bundle;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * A folder into which archive members are written and out of which none leads: no absolute name, no
 * {@code ..}, no way through a symbolic link that points elsewhere (FIX 9).
 */
final class SafeFolder {
  private final Path root;
  private final Set<Path> checked = new HashSet<>();

  SafeFolder(Path root) throws IOException {
    this.root = Files.createDirectories(root).toRealPath();
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
      enter(path.getParent());
    }
    return path;
  }

  /** Where an existing member is, for a hard link to it. */
  Path existing(String member) throws IOException {
    var path = resolve(member);
    if (path.equals(root)
        || !Files.exists(path, NOFOLLOW_LINKS)
        || !path.getParent().toRealPath().startsWith(root)) {
      throw new IOException("link to '" + member + "', which is not in the archive");
    }
    return path;
  }

  /** Removes what stands where a member will be; a folder stays. */
  void clear(Path path) throws IOException {
    if (Files.exists(path, NOFOLLOW_LINKS) && !Files.isDirectory(path, NOFOLLOW_LINKS)) {
      Files.delete(path);
    }
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
    if (member.startsWith("/") || member.startsWith("\\")) {
      throw new IOException("member '" + member + "' has an absolute name");
    }
    var path = root;
    try {
      for (var part : member.split("/", -1)) {
        if (part.equals("..")) {
          throw new IOException("member '" + member + "' leads out of the archive");
        }
        if (!part.isEmpty() && !part.equals(".")) {
          path = path.resolve(part);
        }
      }
    } catch (InvalidPathException e) {
      throw new IOException("member '" + member + "' has an impossible name", e);
    }
    return path;
  }

  /** Makes a folder and its parents one by one, so that no link is followed unseen. */
  private void enter(Path folder) throws IOException {
    if (folder.equals(root) || checked.contains(folder)) {
      return;
    }
    enter(folder.getParent());
    if (Files.isSymbolicLink(folder)) {
      if (!Files.exists(folder) || !folder.toRealPath().startsWith(root)) {
        throw new IOException(
            "'" + root.relativize(folder) + "' is a link that leads out of the archive");
      }
    } else if (!Files.isDirectory(folder, NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(folder);
      } catch (FileAlreadyExistsException e) {
        throw new IOException("'" + root.relativize(folder) + "' is a file and a folder", e);
      }
    }
    checked.add(folder);
  }
}
