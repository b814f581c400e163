package io.kodedeploy.core.bundle;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.kodedeploy.core.config.BundleRules;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes the members of one archive and holds the rules of host-agent.md 14.5. Attributes of
 * folders are set at the end, so that a read-only folder can be filled and keeps its time. Used by
 * one thread; files may be written by workers, which nothing that changes the way to a file
 * overtakes: links are made when no worker is busy.
 */
final class MemberWriter {
  private static final int SET_ID = 06000;

  /**
   * What an archive says about a member besides its content.
   *
   * @param mode permission bits, absent when the archive has none
   */
  record Attributes(Optional<Integer> mode, FileTime modified, Optional<Owners.Owner> owner) {}

  /** Fills a new file; called by any thread. */
  interface Content {
    void writeTo(FileChannel file) throws IOException;
  }

  /**
   * A member has the place of an earlier one. Workers cannot keep their order, so the archive is
   * unpacked again without them.
   */
  static final class Collision extends IOException {
    Collision(String member) {
      super("member '" + Refusal.shown(member) + "' is in the archive twice");
    }
  }

  private record Folder(Path path, Attributes attributes) {}

  private final SafeFolder folder;
  private final BundleRules rules;
  private final ExtractionLimits limits;
  private final FileWorkers workers;
  private final MemberAttributes attributes = new MemberAttributes();
  private final List<Folder> folders = new ArrayList<>();

  MemberWriter(SafeFolder folder, BundleRules rules, ExtractionLimits limits, FileWorkers workers) {
    this.folder = folder;
    this.rules = rules;
    this.limits = limits;
    this.workers = workers;
  }

  ExtractionLimits limits() {
    return limits;
  }

  /** Whether setuid or setgid of a file fails the archive. */
  boolean refusesSetId() {
    return rules.rejectUnsafePermissions();
  }

  /** Whether members get the owners that a tar names. */
  boolean keepsOwners() {
    return !rules.ignoreOwnership();
  }

  void folder(String name, Attributes wanted) throws IOException {
    limits.member(name);
    var path = folder.place(name);
    if (!Files.isDirectory(path, NOFOLLOW_LINKS)) {
      clear(name, path);
      Files.createDirectory(path);
    }
    folders.add(new Folder(path, wanted));
  }

  /** Writes a file by a worker; what the content reads must stay as it is. */
  void file(String name, Attributes wanted, Content content)
      throws IOException, InterruptedException {
    var path = newFile(name, wanted);
    workers.submit(() -> write(name, path, wanted, content));
  }

  /** Writes a file before it returns. */
  void fileNow(String name, Attributes wanted, Content content) throws IOException {
    write(name, newFile(name, wanted), wanted, content);
  }

  private Path newFile(String name, Attributes wanted) throws IOException {
    limits.member(name);
    if (refusesSetId() && (wanted.mode().orElse(0) & SET_ID) != 0) {
      throw Refusal.setId(name, wanted.mode().orElse(0));
    }
    return folder.place(name);
  }

  private void write(String name, Path path, Attributes wanted, Content content)
      throws IOException {
    try (var file = create(name, path)) {
      content.writeTo(file);
    }
    attributes.setNew(path, wanted);
  }

  private FileChannel create(String name, Path path) throws IOException {
    try {
      return FileChannel.open(path, CREATE_NEW, WRITE);
    } catch (FileAlreadyExistsException e) {
      if (Files.isDirectory(path, NOFOLLOW_LINKS)) {
        throw Refusal.of(name, "is a file and a folder");
      }
      if (workers.parallel()) {
        throw new Collision(name);
      }
      Files.delete(path);
      return FileChannel.open(path, CREATE_NEW, WRITE);
    }
  }

  void link(String name, String target, Attributes wanted)
      throws IOException, InterruptedException {
    limits.member(name);
    if (rules.rejectSymlinks()) {
      throw Refusal.symbolicLink(name);
    }
    workers.drain();
    var path = folder.place(name);
    clear(name, path);
    try {
      Files.createSymbolicLink(path, Path.of(target));
    } catch (InvalidPathException e) {
      throw new IOException("link '" + Refusal.shown(name) + "' has an impossible target", e);
    } catch (FileAlreadyExistsException e) {
      throw Refusal.of(name, "is a link and a folder");
    }
    folder.changed();
    attributes.own(path, wanted);
  }

  void hardLink(String name, String target) throws IOException, InterruptedException {
    limits.member(name);
    workers.drain();
    var existing = folder.existing(target);
    var path = folder.place(name);
    if (!path.equals(existing)) {
      clear(name, path);
      Files.createLink(path, existing);
      folder.changed();
    }
  }

  /** Removes what stands where a member will be; a folder stays. */
  private void clear(String name, Path path) throws IOException {
    if (Files.exists(path, NOFOLLOW_LINKS) && !Files.isDirectory(path, NOFOLLOW_LINKS)) {
      if (workers.parallel()) {
        throw new Collision(name);
      }
      Files.delete(path);
      folder.changed();
    }
  }

  /** Ends the archive: an archive without any member is broken. */
  void finish() throws IOException, InterruptedException {
    workers.drain();
    if (limits.members() == 0) {
      throw new IOException("the archive is empty");
    }
    for (var entry : folders.reversed()) {
      if (folder.isFolder(entry.path())) {
        attributes.set(entry.path(), entry.attributes());
      }
    }
  }
}
