package io.kodedeploy.core.bundle;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.store.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The ETag that S3 answered with, kept beside the bundle (host-agent.md 14.2). */
public final class ObservedETag {
  private ObservedETag() {}

  static Path file(Path deployment) {
    return deployment.resolve(".bundle-etag");
  }

  /** The ETag of a deployment's bundle, for scripts; absent when it did not come from S3. */
  public static Optional<String> of(Path deployment) {
    try {
      return AtomicFiles.read(file(deployment)).filter(text -> !text.isEmpty());
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.STATE_WRITE_FAILED, "cannot read " + file(deployment) + ": " + e, e);
    }
  }
}
