package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.manifest.ApplyEntry;
import io.kodedeploy.namespace.manifest.ManifestFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Finds and reads the manifest files of a bundle, and nothing outside of it. */
final class BundleFiles {
  /** Far above what an API server takes as one object (1.5 MiB, etcd's request limit). */
  private static final long MAX_BYTES = 16L << 20;

  private static final int MAX_DEPTH = 32;

  private final Path archive;
  private final ApplyEntry entry;

  private final Kustomization kustomization;

  private BundleFiles(Path archive, ApplyEntry entry, String searchPath) {
    this.archive = archive;
    this.entry = entry;
    this.kustomization = new Kustomization(archive, entry, searchPath);
  }

  /**
   * The files of an entry: the file itself, or every .yaml, .yml and .json below the directory, in
   * the order of their names; hidden ones are left out. Of a folder with a kustomization, what that
   * makes.
   *
   * @param searchPath {@code PATH} on which kustomize or kubectl is looked for
   * @throws AgentException {@code manifest-invalid} when the path is missing, leads outside of the
   *     bundle, or cannot be read; {@code kustomize-missing}, {@code kustomize-failed}
   */
  static List<ManifestFile> read(Path archive, ApplyEntry entry, String searchPath)
      throws InterruptedException {
    try {
      return new BundleFiles(archive.toRealPath(), entry, searchPath).read();
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.MANIFEST_INVALID, entry.position() + ": cannot be read: " + e, e);
    }
  }

  private List<ManifestFile> read() throws IOException, InterruptedException {
    var start = start();
    if (Kustomization.isName(fileName(start))) {
      start = start.getParent();
    }
    if (!Files.exists(start)) {
      throw refused("\"" + entry.path() + "\" is not in the bundle");
    }
    var files = new ArrayList<ManifestFile>();
    if (Files.isDirectory(start) && Kustomization.in(start).isPresent()) {
      inside(start);
      files.add(kustomization.build(start.toRealPath()));
    } else if (Files.isDirectory(start)) {
      directory(start, files, 0);
    } else {
      files.add(file(start));
    }
    return files;
  }

  private Path start() {
    try {
      var path = archive.resolve(entry.path()).normalize();
      if (!path.startsWith(archive)) {
        throw refused("\"" + entry.path() + "\" leads outside of the bundle");
      }
      return path;
    } catch (InvalidPathException e) {
      throw refused("\"" + entry.path() + "\" is not a path");
    }
  }

  private void directory(Path directory, List<ManifestFile> files, int depth) throws IOException {
    inside(directory);
    if (depth > 0 && Kustomization.in(directory).isPresent()) {
      throw refused(
          name(directory)
              + " has a kustomization: name that folder as the path of an entry of its own");
    }
    if (depth > MAX_DEPTH) {
      throw refused(name(directory) + " is nested too deep, or a link to a folder above it");
    }
    List<Path> children;
    try (var stream = Files.list(directory)) {
      children = stream.sorted().toList();
    }
    for (var child : children) {
      var name = child.getFileName().toString();
      if (name.startsWith(".")) {
        continue;
      }
      if (Files.isDirectory(child)) {
        directory(child, files, depth + 1);
      } else if (isManifest(name)) {
        files.add(file(child));
      }
    }
  }

  private ManifestFile file(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw refused(name(file) + " is a link that leads nowhere");
    }
    inside(file);
    if (!Files.isRegularFile(file)) {
      throw refused(name(file) + " is not a file");
    }
    if (Files.size(file) > MAX_BYTES) {
      throw refused(name(file) + " is larger than 16 MiB");
    }
    try {
      return new ManifestFile(name(file), Files.readString(file));
    } catch (CharacterCodingException e) {
      throw refused(name(file) + " is not UTF-8");
    }
  }

  private void inside(Path path) throws IOException {
    if (!path.toRealPath().startsWith(archive)) {
      throw refused(name(path) + " leads outside of the bundle through a link");
    }
  }

  private static String fileName(Path path) {
    var name = path.getFileName();
    return name == null ? "" : name.toString();
  }

  private String name(Path path) {
    return archive.relativize(path).toString();
  }

  private AgentException refused(String problem) {
    return new AgentException(ErrorCode.MANIFEST_INVALID, entry.position() + ": " + problem);
  }

  private static boolean isManifest(String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".yaml") || lower.endsWith(".yml") || lower.endsWith(".json");
  }
}
