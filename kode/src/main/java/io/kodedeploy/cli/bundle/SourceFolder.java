package io.kodedeploy.cli.bundle;

import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The files of a folder as they go into a bundle: all but version control's own. */
public final class SourceFolder {
  /** A bundle is held in memory once; what is larger belongs into an image or a bucket. */
  private static final long LARGEST = 512L * 1024 * 1024;

  private static final Set<String> VERSION_CONTROL = Set.of(".git", ".hg", ".svn");

  private SourceFolder() {}

  /**
   * Reads a folder. A link to a file counts as that file, as {@code aws deploy push} has it, when
   * the file lies within the folder.
   *
   * @throws CliException with {@code source-invalid} when it cannot be read whole
   */
  public static List<BundleFile> read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw invalid(folder + " is no folder", "give the folder of your application with --source.");
    }
    var files = new ArrayList<BundleFile>();
    try {
      Path root = folder.toRealPath();
      Files.walkFileTree(
          root,
          EnumSet.noneOf(FileVisitOption.class),
          Integer.MAX_VALUE,
          new SimpleFileVisitor<>() {
            private long total;

            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
              return VERSION_CONTROL.contains(String.valueOf(dir.getFileName()))
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Path content = content(root, file, attributes);
              total += Files.size(content);
              if (total > LARGEST) {
                throw invalid(
                    folder + " is larger than " + LARGEST / 1024 / 1024 + " MiB",
                    "give the folder with the deployment files only.");
              }
              files.add(
                  new BundleFile(
                      root.relativize(file).toString().replace('\\', '/'),
                      mode(content),
                      Files.readAllBytes(content)));
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw invalid(folder + " cannot be read: " + e, "correct the file's permissions.").because(e);
    }
    return files;
  }

  private static Path content(Path root, Path file, BasicFileAttributes attributes)
      throws IOException {
    if (attributes.isRegularFile()) {
      return file;
    }
    if (attributes.isSymbolicLink()) {
      Path target = file.toRealPath();
      if (target.startsWith(root) && Files.isRegularFile(target)) {
        return target;
      }
      throw invalid(
          file + " is a link to " + target + ", which is no file within the folder",
          "replace the link by the file.");
    }
    throw invalid(file + " is neither a file nor a folder", "remove it from the folder.");
  }

  private static int mode(Path file) throws IOException {
    return Files.getPosixFilePermissions(file).stream()
        .mapToInt(
            permission ->
                switch (permission) {
                  case OWNER_READ -> 0400;
                  case OWNER_WRITE -> 0200;
                  case OWNER_EXECUTE -> 0100;
                  case GROUP_READ -> 0040;
                  case GROUP_WRITE -> 0020;
                  case GROUP_EXECUTE -> 0010;
                  case OTHERS_READ -> 0004;
                  case OTHERS_WRITE -> 0002;
                  case OTHERS_EXECUTE -> 0001;
                })
        .sum();
  }

  private static CliException invalid(String what, String remedy) {
    return new CliException(Problem.SOURCE_INVALID, what + ".", remedy);
  }
}
