package io.kodedeploy.namespace.manifest;

/**
 * Where an object was written.
 *
 * @param file path inside the bundle
 * @param line counted from one
 */
public record Position(String file, int line) {
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
