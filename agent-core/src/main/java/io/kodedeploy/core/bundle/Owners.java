package io.kodedeploy.core.bundle;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives files the owners of an archive: by name where this host knows it, else by number. For
 * several threads.
 */
final class Owners {
  private static final Logger log = LoggerFactory.getLogger(Owners.class);

  /** An owner as archives write it. */
  record Owner(String user, long uid, String group, long gid) {}

  private final UserPrincipalLookupService accounts =
      FileSystems.getDefault().getUserPrincipalLookupService();
  private final Map<String, Optional<UserPrincipal>> users = new ConcurrentHashMap<>();
  private final Map<String, Optional<GroupPrincipal>> groups = new ConcurrentHashMap<>();
  private volatile boolean forbidden;
  private volatile @Nullable PosixFileAttributes mine;

  void set(Path path, Owner owner) throws IOException {
    if (forbidden) {
      return;
    }
    try {
      var view = Files.getFileAttributeView(path, PosixFileAttributeView.class, NOFOLLOW_LINKS);
      var user = known(users, owner.user(), accounts::lookupPrincipalByName);
      var group = known(groups, owner.group(), accounts::lookupPrincipalByGroupName);
      var mine = mine(path);
      if (user.isPresent()) {
        if (!user.get().equals(mine.owner())) {
          view.setOwner(user.get());
        }
      } else {
        Files.setAttribute(path, "unix:uid", (int) owner.uid(), NOFOLLOW_LINKS);
      }
      if (group.isPresent()) {
        if (!group.get().equals(mine.group())) {
          view.setGroup(group.get());
        }
      } else {
        Files.setAttribute(path, "unix:gid", (int) owner.gid(), NOFOLLOW_LINKS);
      }
    } catch (FileSystemException e) {
      if (!"Operation not permitted".equals(e.getReason())) {
        throw e;
      }
      forbidden = true; // root without the capability, as in a container
      log.atWarn().log("owners of the bundle are not set: this process may not change owners");
    }
  }

  /** Whose everything is that this process makes in the archive. */
  private PosixFileAttributes mine(Path made) throws IOException {
    if (mine == null) {
      mine = Files.readAttributes(made, PosixFileAttributes.class, NOFOLLOW_LINKS);
    }
    return mine;
  }

  private interface Lookup<T> {
    T byName(String name) throws IOException;
  }

  private static <T> Optional<T> known(
      Map<String, Optional<T>> known, String name, Lookup<T> lookup) throws IOException {
    var seen = known.get(name);
    if (seen != null) {
      return seen;
    }
    Optional<T> found = Optional.empty();
    if (!name.isEmpty()) {
      try {
        found = Optional.of(lookup.byName(name));
      } catch (UserPrincipalNotFoundException _) {
        // not an account of this host: the number is used
      }
    }
    known.put(name, found);
    return found;
  }
}
