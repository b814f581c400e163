package io.kodedeploy.cli.deploy;

import io.kodedeploy.cli.bundle.AppSpecText;
import io.kodedeploy.cli.bundle.BundleFile;
import io.kodedeploy.cli.bundle.SourceFolder;
import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.ExitCode;
import io.kodedeploy.cli.console.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides what goes into a bundle: the folder, and an AppSpec where the author has none. */
final class BundleContent {
  private BundleContent() {}

  static List<BundleFile> of(Path folder, Optional<String> command, Optional<String> image) {
    if (image.isPresent() && command.isEmpty()) {
      throw new CliException(
              Problem.USAGE_INVALID,
              "--image was given without --command.",
              "say with --command what runs in the image.")
          .exitCode(ExitCode.USAGE);
    }
    var files = new ArrayList<>(SourceFolder.read(folder));
    boolean authored = has(files, AppSpecText.FILE);
    if (authored && command.isPresent()) {
      throw new CliException(
          Problem.APPSPEC_AND_COMMAND,
          folder.resolve(AppSpecText.FILE) + " exists and --command was given; only one can apply.",
          "drop --command, or remove the appspec.yml.");
    }
    if (authored) {
      return files;
    }
    if (has(files, AppSpecText.SCRIPT)) {
      throw new CliException(
          Problem.SOURCE_INVALID,
          folder.resolve(AppSpecText.SCRIPT) + " exists, where kode puts its own script.",
          "rename it.");
    }
    if (command.isEmpty()) {
      requireManifests(folder, files);
      files.add(BundleFile.text(AppSpecText.FILE, AppSpecText.apply()));
    } else if (image.isPresent()) {
      files.add(BundleFile.text(AppSpecText.FILE, AppSpecText.run(image.get(), command.get())));
    } else {
      files.add(BundleFile.text(AppSpecText.FILE, AppSpecText.hook()));
      files.add(BundleFile.script(AppSpecText.SCRIPT, AppSpecText.script(command.get())));
    }
    return files;
  }

  private static boolean has(List<BundleFile> files, String path) {
    return files.stream().anyMatch(file -> file.path().equals(path));
  }

  private static void requireManifests(Path folder, List<BundleFile> files) {
    boolean found =
        files.stream()
            .map(BundleFile::path)
            .anyMatch(
                path ->
                    path.startsWith(AppSpecText.MANIFESTS + "/")
                        && path.matches(".*\\.(ya?ml|json)"));
    if (!found) {
      throw new CliException(
          Problem.NOTHING_TO_DEPLOY,
          "expected an appspec.yml or manifests in "
              + AppSpecText.MANIFESTS
              + " in "
              + folder
              + ", found neither.",
          "add one of them, or say with --command what deploys the folder.");
    }
  }
}
