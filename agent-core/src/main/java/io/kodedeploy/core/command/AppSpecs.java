package io.kodedeploy.core.command;

import io.kodedeploy.core.bundle.RevisionArchive;
import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.core.spec.AppSpecReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** AppSpecs of unpacked revisions: read from disk each time, parsed again only when changed. */
final class AppSpecs {
  private record Text(Path file, ByteBuffer bytes) {}

  private final Recent<Text, AppSpec> parsed = new Recent<>();

  /**
   * The AppSpec of a revision.
   *
   * @throws io.kodedeploy.core.error.AgentException as {@link RevisionArchive#appSpec} says
   */
  AppSpec of(Path archive, String configured) {
    return RevisionArchive.appSpec(
        archive,
        configured,
        (file, bytes) ->
            parsed.get(
                new Text(file, ByteBuffer.wrap(bytes)), _ -> AppSpecReader.read(file, bytes)));
  }
}
