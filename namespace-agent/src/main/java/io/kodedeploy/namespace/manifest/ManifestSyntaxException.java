package io.kodedeploy.namespace.manifest;

/**
 * A file that cannot be read as YAML or JSON. The message never quotes the file: it may hold a
 * Secret.
 */
final class ManifestSyntaxException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;

  ManifestSyntaxException(int line, String problem) {
    super(problem);
    this.line = line;
  }

  int line() {
    return line;
  }
}
