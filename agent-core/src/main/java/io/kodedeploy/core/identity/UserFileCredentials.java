package io.kodedeploy.core.identity;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/**
 * The keys of a user in the on-premises file, read again when the file has changed: a key is
 * replaced without a restart. A file that cannot be understood, or is another user's, changes
 * nothing. Safe for many threads.
 */
final class UserFileCredentials implements RenewableCredentials {
  private static final Logger log = LoggerFactory.getLogger(UserFileCredentials.class);

  private final Path file;
  private final Supplier<Optional<AwsCredentials>> reader;
  private AwsCredentials current; // guarded by this, as below
  private @Nullable Object version;

  /**
   * Begins with what was read already.
   *
   * @param reader reads the keys again, empty when they are another user's
   */
  UserFileCredentials(Path file, AwsCredentials first, Supplier<Optional<AwsCredentials>> reader) {
    this.file = file;
    this.current = first;
    this.reader = reader;
    this.version = version();
  }

  @Override
  public synchronized AwsCredentials resolveCredentials() {
    var now = version();
    if (now != null && !now.equals(version)) {
      version = now;
      try {
        reader.get().ifPresent(fresh -> current = fresh);
      } catch (AgentException e) {
        log.atWarn()
            .addKeyValue("code", ErrorCode.IDENTITY_INVALID.id())
            .addKeyValue("reason", e.getMessage())
            .log("changed on-premises file not used");
      }
    }
    return current;
  }

  @Override
  public synchronized void renew(AwsCredentials refused) {
    if (refused.equals(current)) {
      version = "refused";
    }
  }

  private @Nullable Object version() {
    try {
      return Files.getLastModifiedTime(file) + "/" + Files.size(file);
    } catch (IOException e) {
      return null; // what is held stays in use
    }
  }
}
