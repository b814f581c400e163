package io.kodedeploy.core.identity;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.json.Json;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Credentials of the instance role, by our own metadata client: no other source can slip in.
 * Renewed five minutes before they expire; while a renewal fails, valid ones stay in use. Safe for
 * many threads.
 */
final class InstanceRoleCredentials implements RenewableCredentials {
  private static final Logger log = LoggerFactory.getLogger(InstanceRoleCredentials.class);
  private static final String PATH = "/latest/meta-data/iam/security-credentials/";
  private static final Duration EARLY = Duration.ofMinutes(5);

  private final Ec2Metadata metadata;
  private final Clock clock;
  private @Nullable AwsSessionCredentials current; // guarded by this

  InstanceRoleCredentials(Ec2Metadata metadata, Clock clock) {
    this.metadata = metadata;
    this.clock = clock;
  }

  @Override
  public synchronized AwsCredentials resolveCredentials() {
    var held = current;
    if (held != null && expiry(held).isAfter(clock.instant().plus(EARLY))) {
      return held;
    }
    try {
      var fresh = fetch();
      current = fresh;
      return fresh;
    } catch (AgentException e) {
      if (held != null && expiry(held).isAfter(clock.instant())) {
        log.atWarn()
            .addKeyValue("reason", e.getMessage())
            .log("instance role credentials could not be renewed yet");
        return held;
      }
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AgentException(
          ErrorCode.CREDENTIALS_UNAVAILABLE, "interrupted while asking for credentials", e);
    }
  }

  @Override
  public synchronized void renew(AwsCredentials refused) {
    if (refused.equals(current)) {
      current = null;
    }
  }

  private AwsSessionCredentials fetch() throws InterruptedException {
    try {
      String role = metadata.get(PATH).lines().findFirst().orElse("");
      if (role.isEmpty()) {
        throw missing("the instance has no role", null);
      }
      JsonNode document = Json.read(metadata.get(PATH + role));
      return AwsSessionCredentials.builder()
          .accessKeyId(field(document, "AccessKeyId"))
          .secretAccessKey(field(document, "SecretAccessKey"))
          .sessionToken(field(document, "Token"))
          .expirationTime(Instant.parse(field(document, "Expiration")))
          .providerName("instance role " + role)
          .build();
    } catch (JacksonException | DateTimeException e) {
      throw missing("the answer of the metadata service cannot be read", e);
    } catch (AgentException e) {
      throw e.code() == ErrorCode.CREDENTIALS_UNAVAILABLE ? e : missing(e.getMessage(), e);
    }
  }

  private static Instant expiry(AwsSessionCredentials credentials) {
    return credentials.expirationTime().orElse(Instant.MAX);
  }

  private static String field(JsonNode document, String name) {
    String value = document.path(name).asString("");
    if (value.isEmpty()) {
      throw missing("the credentials of the instance role have no " + name, null);
    }
    return value;
  }

  private static AgentException missing(String reason, @Nullable Throwable cause) {
    return new AgentException(
        ErrorCode.CREDENTIALS_UNAVAILABLE,
        "Missing credentials - please check if this instance was started with an IAM instance"
            + " profile ("
            + reason
            + ")",
        cause);
  }
}
