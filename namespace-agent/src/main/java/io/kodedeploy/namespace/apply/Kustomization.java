package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.manifest.ApplyEntry;
import io.kodedeploy.namespace.manifest.KustomizationFile;
import io.kodedeploy.namespace.manifest.ManifestFile;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Builds a kustomization of a bundle by the tool that the image has: {@code kustomize}, else {@code
 * kubectl}. The tool gets no credentials and may not leave the bundle: what it would fetch from
 * elsewhere is refused before it starts.
 */
final class Kustomization {
  private static final List<String> NAMES =
      List.of("kustomization.yaml", "kustomization.yml", "Kustomization");
  private static final long LIMIT_SECONDS = 120;
  private static final int MAX_BYTES = 16 << 20;
  private static final int MAX_FOLDERS = 200;

  private final Path archive;
  private final ApplyEntry entry;
  private final String searchPath;

  /**
   * Kustomizations of one entry.
   *
   * @param archive the bundle, without links in its path
   * @param searchPath {@code PATH} of the hooks; empty refuses every kustomization
   */
  Kustomization(Path archive, ApplyEntry entry, String searchPath) {
    this.archive = archive;
    this.entry = entry;
    this.searchPath = searchPath;
  }

  /** The kustomization file of a folder, if it has one. */
  static Optional<Path> in(Path folder) {
    return NAMES.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst();
  }

  /** Whether a file of this name is no manifest. */
  static boolean isName(String name) {
    return NAMES.contains(name);
  }

  /**
   * Builds a folder.
   *
   * @throws AgentException {@code kustomize-missing}, {@code kustomize-failed}, {@code
   *     manifest-invalid} when it leads out of the bundle
   */
  ManifestFile build(Path folder) throws IOException, InterruptedException {
    var file = in(folder).orElseThrow();
    if (searchPath.isEmpty()) {
      throw new AgentException(
          ErrorCode.HOST_UNSUITED,
          entry.position()
              + ": "
              + archive.relativize(file)
              + " is a kustomization, and an agent of many namespaces (mode: shared) executes"
              + " nothing of a bundle: put the output of `kubectl kustomize` into the bundle, or"
              + " run `kubectl apply -k` by a kodedeploy.run entry");
    }
    checkSources(folder);
    var tool = tool(file);
    var output = Files.createTempFile("kustomize", ".yaml");
    var errors = Files.createTempFile("kustomize", ".err");
    try {
      var builder = new ProcessBuilder(tool);
      builder.command().add(folder.toString());
      builder.directory(archive.toFile());
      builder.environment().clear();
      builder.environment().putAll(Map.of("PATH", searchPath, "HOME", archive.toString()));
      builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
      var process = builder.start();
      try {
        process.getOutputStream().close();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          throw failed(file, "does not end within " + LIMIT_SECONDS + " s");
        }
      } finally {
        process.destroyForcibly();
      }
      if (process.exitValue() != 0) {
        throw failed(file, message(errors));
      }
      if (Files.size(output) > MAX_BYTES) {
        throw failed(file, "makes more than 16 MiB");
      }
      return new ManifestFile(
          name(file) + " (built)", Files.readString(output, StandardCharsets.UTF_8));
    } finally {
      Files.deleteIfExists(output);
      Files.deleteIfExists(errors);
    }
  }

  private List<String> tool(Path file) {
    for (var name : List.of("kustomize", "kubectl")) {
      for (var folder : searchPath.split(File.pathSeparator, -1)) {
        var program = Path.of(folder.isEmpty() ? "." : folder, name);
        if (Files.isRegularFile(program) && Files.isExecutable(program)) {
          return new ArrayList<>(
              List.of(program.toString(), name.equals("kubectl") ? "kustomize" : "build"));
        }
      }
    }
    throw new AgentException(
        ErrorCode.KUSTOMIZE_MISSING,
        entry.position()
            + ": "
            + name(file)
            + " needs kustomize or kubectl, and this image has neither: use the full image");
  }

  /** Follows every folder that the kustomization names. */
  private void checkSources(Path start) throws IOException {
    var seen = new HashSet<Path>();
    var open = new ArrayDeque<Path>(List.of(start));
    while (!open.isEmpty()) {
      var folder = open.remove().toRealPath();
      if (!folder.startsWith(archive)) {
        throw refused(start, "leads outside of the bundle through a link");
      }
      var file = in(folder);
      if (file.isEmpty() || !seen.add(folder)) {
        continue;
      }
      if (seen.size() > MAX_FOLDERS) {
        throw refused(file.get(), "names more than " + MAX_FOLDERS + " folders");
      }
      if (!file.get().toRealPath().startsWith(archive)) {
        throw refused(file.get(), "leads outside of the bundle through a link");
      }
      for (var source : KustomizationFile.sources(name(file.get()), Files.readString(file.get()))) {
        var target = folder.resolve(source).normalize();
        if (!Files.exists(target)) {
          throw refused(
              file.get(),
              "\"" + source + "\" is not in the bundle; nothing is fetched from elsewhere");
        }
        if (!target.startsWith(archive) || !target.toRealPath().startsWith(archive)) {
          throw refused(file.get(), "\"" + source + "\" leads outside of the bundle");
        }
        if (Files.isDirectory(target)) {
          open.add(target);
        }
      }
    }
  }

  private String message(Path errors) throws IOException {
    var text = new String(Files.readAllBytes(errors), StandardCharsets.UTF_8).strip();
    text = text.replace(archive + "/", "").replace(archive.toString(), ".");
    return text.length() <= 2000 ? text : text.substring(0, 2000) + "...";
  }

  private AgentException failed(Path file, String problem) {
    return new AgentException(
        ErrorCode.KUSTOMIZE_FAILED, entry.position() + ": " + name(file) + ": " + problem);
  }

  private AgentException refused(Path file, String problem) {
    return new AgentException(
        ErrorCode.MANIFEST_INVALID, entry.position() + ": " + name(file) + ": " + problem);
  }

  private String name(Path file) {
    return archive.relativize(file).toString();
  }
}
