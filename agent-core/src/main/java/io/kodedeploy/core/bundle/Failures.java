package io.kodedeploy.core.bundle;

import java.nio.file.FileSystemException;

/** Words for what the file system says. */
public final class Failures {
  private Failures() {}

  /** Whether it was for want of space. */
  public static boolean isDiskFull(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      var message = String.valueOf(cause.getMessage());
      if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
        return true;
      }
    }
    return false;
  }

  static String reason(Throwable failure) {
    return failure instanceof FileSystemException || failure.getMessage() == null
        ? failure.toString()
        : failure.getMessage();
  }
}
