package io.kodedeploy.cli.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * One file of a bundle.
 *
 * @param path where it lies in the bundle, with slashes
 * @param mode its permission bits
 * @param content its bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never changed, never compared
public record BundleFile(String path, int mode, byte[] content) {
  /** A text that anyone may read. */
  public static BundleFile text(String path, String content) {
    return new BundleFile(path, 0644, content.getBytes(UTF_8));
  }

  /** A text that anyone may run. */
  public static BundleFile script(String path, String content) {
    return new BundleFile(path, 0755, content.getBytes(UTF_8));
  }
}
