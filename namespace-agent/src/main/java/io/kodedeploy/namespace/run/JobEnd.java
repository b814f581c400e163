package io.kodedeploy.namespace.run;

import io.kodedeploy.core.error.ErrorCode;

/** How a Job ended. */
sealed interface JobEnd {
  /** Its command ended with exit code 0. */
  record Succeeded() implements JobEnd {}

  /**
   * It did not.
   *
   * @param exitCode the command's, or -1 when it never had one
   */
  record Failed(ErrorCode code, int exitCode, String message) implements JobEnd {}
}
