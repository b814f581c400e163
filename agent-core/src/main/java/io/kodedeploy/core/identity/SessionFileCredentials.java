package io.kodedeploy.core.identity;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;

/**
 * Credentials of a shared-credentials file that somebody else rotates (host-agent.md section 2.5).
 * Read again when the file has changed, and every 25 minutes in any case. Safe for many threads.
 */
final class SessionFileCredentials implements RenewableCredentials {
  private static final Duration LIFE = Duration.ofMinutes(25);

  private final Path file;
  private final String profile;
  private final Clock clock;
  private @Nullable AwsCredentials current; // guarded by this, as all below
  private Instant loaded = Instant.EPOCH;
  private Optional<Object> version = Optional.empty();

  private SessionFileCredentials(Path file, String profile, Clock clock) {
    this.file = file;
    this.profile = profile;
    this.clock = clock;
  }

  /** The profile is {@code AWS_PROFILE} or {@code default}. */
  static SessionFileCredentials of(Path file, Map<String, String> environment, Clock clock) {
    String profile = environment.getOrDefault("AWS_PROFILE", "");
    return new SessionFileCredentials(file, profile.isBlank() ? "default" : profile, clock);
  }

  @Override
  public synchronized AwsCredentials resolveCredentials() {
    var held = current;
    var now = version();
    if (held != null
        && now.isPresent()
        && now.equals(version)
        && clock.instant().isBefore(loaded.plus(LIFE))) {
      return held;
    }
    var fresh = load();
    current = fresh;
    loaded = clock.instant();
    version = now;
    return fresh;
  }

  @Override
  public synchronized void renew(AwsCredentials refused) {
    if (refused.equals(current)) {
      current = null;
    }
  }

  private Optional<Object> version() {
    try {
      return Optional.of(Files.getLastModifiedTime(file) + "/" + Files.size(file));
    } catch (IOException e) {
      return Optional.empty(); // the load that follows says what is wrong
    }
  }

  private AwsCredentials load() {
    try {
      return ProfileFile.builder()
          .content(file)
          .type(ProfileFile.Type.CREDENTIALS)
          .build()
          .profile(profile)
          .flatMap(SessionFileCredentials::credentials)
          .orElseThrow(() -> unreadable(null));
    } catch (UncheckedIOException | IllegalArgumentException | IllegalStateException e) {
      throw unreadable(e);
    }
  }

  private static Optional<AwsCredentials> credentials(Profile profile) {
    var key = profile.property("aws_access_key_id").filter(v -> !v.isBlank());
    var secret = profile.property("aws_secret_access_key").filter(v -> !v.isBlank());
    if (key.isEmpty() || secret.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        profile
            .property("aws_session_token")
            .<AwsCredentials>map(
                token -> AwsSessionCredentials.create(key.get(), secret.get(), token))
            .orElseGet(() -> AwsBasicCredentials.create(key.get(), secret.get())));
  }

  private AgentException unreadable(@Nullable Throwable cause) {
    return new AgentException(
        ErrorCode.CREDENTIALS_UNAVAILABLE, "Failed to load credentials from path " + file, cause);
  }
}
