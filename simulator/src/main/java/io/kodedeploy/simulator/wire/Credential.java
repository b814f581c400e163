package io.kodedeploy.simulator.wire;

import java.time.Instant;
import java.util.Optional;

/**
 * A key that the signature check accepts.
 *
 * @param sessionToken present for temporary credentials; the request must carry the same one
 * @param expiry simulated time after which the credential is refused as expired
 */
public record Credential(
    String accessKeyId,
    String secretKey,
    Optional<String> sessionToken,
    Optional<Instant> expiry,
    Caller caller) {

  /** A key without an end. */
  public static Credential longLived(String accessKeyId, String secretKey, Caller caller) {
    return new Credential(accessKeyId, secretKey, Optional.empty(), Optional.empty(), caller);
  }

  @Override
  public String toString() {
    return "Credential[" + accessKeyId + ", " + caller.arn() + "]";
  }
}
