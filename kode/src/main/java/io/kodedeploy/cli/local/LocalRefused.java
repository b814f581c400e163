package io.kodedeploy.cli.local;

import static java.util.Objects.requireNonNull;

/** Why nothing is deployed: the text that follows {@code ERROR: }. */
final class LocalRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LocalRefused(String message) {
    super(requireNonNull(message, "message"));
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
