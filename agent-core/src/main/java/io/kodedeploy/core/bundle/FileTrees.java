package io.kodedeploy.core.bundle;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** Whole folders: copied or deleted, symbolic links never followed (FIX 13). */
final class FileTrees {
  private static final int OWNER_MAY_ALL = 0700;

  private FileTrees() {}

  /** Deletes a file, a link or a folder with everything in it; nothing when it is not there. */
  static void delete(Path path) throws IOException {
    if (!Files.exists(path, NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            unlink(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (!Files.isDirectory(file, NOFOLLOW_LINKS)) {
              throw failure;
            }
            open(file); // a folder of the bundle that its owner may not read
            delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            unlink(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Copies a folder with modes, times and, as root, owners; links stay links. */
  static void copy(Path source, Path target) throws IOException {
    Files.walkFileTree(
        source,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(inTarget(folder));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isOther()) {
              throw new IOException(file + " is neither file, folder nor link");
            }
            Files.copy(file, inTarget(file), COPY_ATTRIBUTES, NOFOLLOW_LINKS, REPLACE_EXISTING);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            var copy = inTarget(folder);
            Files.setAttribute(copy, "unix:mode", Files.getAttribute(folder, "unix:mode"));
            Files.setLastModifiedTime(copy, Files.getLastModifiedTime(folder));
            return FileVisitResult.CONTINUE;
          }

          private Path inTarget(Path path) {
            return target.resolve(source.relativize(path));
          }
        });
  }

  private static void unlink(Path path) throws IOException {
    try {
      Files.delete(path);
    } catch (AccessDeniedException e) {
      open(path.getParent()); // a folder of the bundle that its owner may not write
      Files.delete(path);
    }
  }

  private static void open(Path folder) throws IOException {
    Files.setAttribute(folder, "unix:mode", OWNER_MAY_ALL);
  }
}
