package io.kodedeploy.core.bundle;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.core.spec.AppSpecLookup;
import io.kodedeploy.core.spec.AppSpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiFunction;

/** An unpacked revision on disk. The same lookup of its AppSpec serves every event (FIX 4). */
public final class RevisionArchive {
  private static final int LARGEST_APPSPEC = 4 << 20;

  private RevisionArchive() {}

  /**
   * Reads and checks the AppSpec of an unpacked revision.
   *
   * @param archive its {@code deployment-archive}
   * @param configured the specification's AppSpec file name
   * @throws AgentException with {@link ErrorCode#APPSPEC_MISSING} or {@link
   *     ErrorCode#APPSPEC_INVALID}
   */
  public static AppSpec appSpec(Path archive, String configured) {
    return appSpec(archive, configured, AppSpecReader::read);
  }

  /** As above, with a parser of the caller's. */
  public static AppSpec appSpec(
      Path archive, String configured, BiFunction<Path, byte[], AppSpec> parser) {
    var file = appSpecFile(archive, configured);
    try {
      if (!file.toRealPath().startsWith(archive.toRealPath())) {
        throw new AgentException(
            ErrorCode.APPSPEC_INVALID, "the AppSpec file " + file + " leads out of the bundle");
      }
      if (Files.size(file) > LARGEST_APPSPEC) {
        throw new AgentException(
            ErrorCode.APPSPEC_INVALID, file + ": larger than " + LARGEST_APPSPEC + " bytes");
      }
      return parser.apply(file, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.APPSPEC_INVALID, "the AppSpec file " + file + " cannot be read: " + e, e);
    }
  }

  /**
   * Finds the AppSpec of an unpacked revision.
   *
   * @throws AgentException with {@link ErrorCode#APPSPEC_MISSING}
   */
  static Path appSpecFile(Path archive, String configured) {
    return AppSpecLookup.find(archive, configured, Files::isRegularFile)
        .orElseThrow(() -> missing(archive, configured));
  }

  private static AgentException missing(Path archive, String configured) {
    return new AgentException(
        ErrorCode.APPSPEC_MISSING,
        ("The CodeDeploy agent did not find an AppSpec file within the unpacked revision directory"
             + " at revision-relative path \"%s\". The revision was unpacked to directory \"%s\","
             + " and the AppSpec file was expected at path \"%s\". See"
             + " http://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file.html")
            .formatted(configured, archive, archive.resolve(configured)));
  }
}
