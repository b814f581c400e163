package io.kodedeploy.cli.local;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the bundle of a local deployment is: {@code --bundle-location} and {@code --type}, checked
 * in the order of host-agent.md 12.2.
 *
 * @param text as it was given
 * @param uri the same, parsed
 * @param type {@code tgz}, {@code tar}, {@code zip} or {@code directory}
 * @param path the absolute file or directory of a location on this machine
 */
record BundleLocation(String text, URI uri, String type, Optional<Path> path) {
  private static final List<String> TYPES = List.of("tgz", "tar", "zip", "directory");
  private static final String DIRECTORY = "directory";

  /**
   * Checks a location.
   *
   * @param appSpec {@code --appspec-filename}, when it was given
   * @param workingDirectory where a relative path begins
   * @throws LocalRefused with the first thing that is wrong
   */
  static BundleLocation check(
      String text, String type, @Nullable String appSpec, Path workingDirectory) {
    if (!TYPES.contains(type)) {
      throw new LocalRefused(
          "type " + type + " is not a valid type. Must be one of " + String.join(",", TYPES));
    }
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new LocalRefused("location " + text + " is not a valid uri");
    }
    String scheme = String.valueOf(uri.getScheme());
    if (scheme.equals("http")) {
      throw new LocalRefused(
          "location " + text + " cannot be http, only encrypted (https) url endpoints supported");
    }
    if (scheme.equals("https") || scheme.equals("s3")) {
      return new BundleLocation(text, uri, type, Optional.empty());
    }
    var path = path(text, uri, workingDirectory);
    checkLocal(text, type, path);
    if (type.equals(DIRECTORY)) {
      checkAppSpec(text, path, appSpec);
    }
    return new BundleLocation(text, uri, type, Optional.of(path));
  }

  private static Path path(String text, URI uri, Path workingDirectory) {
    try {
      boolean file = "file".equals(uri.getScheme()) && uri.getPath() != null;
      return workingDirectory.resolve(file ? uri.getPath() : text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw missing(text);
    }
  }

  private static void checkLocal(String text, String type, Path path) {
    if (!Files.exists(path)) {
      throw missing(text);
    }
    if (type.equals(DIRECTORY) && !Files.isDirectory(path)) {
      throw new LocalRefused(
          "location " + text + " is specified with type directory but it is a file");
    }
    if (!type.equals(DIRECTORY) && Files.isDirectory(path)) {
      throw new LocalRefused(
          "location " + text + " is specified as a compressed local file but it is a directory");
    }
  }

  private static LocalRefused missing(String text) {
    return new LocalRefused(
        "location " + text + " is specified as a file or directory which does not exist");
  }

  private static void checkAppSpec(String text, Path path, @Nullable String appSpec) {
    var names = appSpec == null ? List.of("appspec.yml", "appspec.yaml") : List.of(appSpec);
    if (names.stream().noneMatch(name -> Files.isRegularFile(path.resolve(name)))) {
      throw new LocalRefused(
          "Expecting appspec file at location "
              + String.join(" or ", names.stream().map(name -> text + "/" + name).toList())
              + " but found none. Change into the directory of the bundle, or name it by"
              + " --bundle-location");
    }
  }
}
