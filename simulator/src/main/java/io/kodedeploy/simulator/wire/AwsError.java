package io.kodedeploy.simulator.wire;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer that says no. The front writes it in the format of the service's protocol, so services
 * only throw it.
 */
public final class AwsError extends RuntimeException {
  private final int status;
  private final String code;
  private final transient Map<String, String> details;

  private AwsError(int status, String code, String message, Map<String, String> details) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.details = details;
  }

  /** HTTP 400. The code is written as it stands, suffix included. */
  public static AwsError badRequest(String code, String message) {
    return of(400, code, message);
  }

  /** Any status and code. */
  public static AwsError of(int status, String code, String message) {
    return new AwsError(status, code, message, Map.of());
  }

  /** A copy with one more element beside code and message (S3: {@code Key}, {@code BucketName}). */
  public AwsError with(String name, String value) {
    var more = new LinkedHashMap<>(details);
    more.put(name, value);
    return new AwsError(status, code, getMessage(), more);
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** The code on the wire. */
  public String code() {
    return code;
  }

  /** The text on the wire. */
  public String message() {
    return String.valueOf(getMessage());
  }

  Map<String, String> details() {
    return details;
  }
}
