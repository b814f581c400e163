package io.kodedeploy.core.protocol;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.json.Json;
import java.util.Locale;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * An answer that is no success (host-agent.md section 1.7).
 *
 * @param status of HTTP
 * @param type bare name, or empty when the body names none
 * @param message may be empty
 */
record ServiceError(int status, String type, String message) {
  private static final Set<String> DENIED =
      Set.of(
          "AccessDeniedException",
          "UnrecognizedClientException",
          "InvalidSignatureException",
          "ExpiredTokenException",
          "MissingAuthenticationTokenException",
          "IncompleteSignatureException",
          "RequestTimeTooSkewed",
          "RequestExpired",
          "RequestInTheFuture",
          "SignatureDoesNotMatch",
          "ExpiredToken",
          "InvalidClientTokenId");

  /** AWS words a wrong date in several ways, some of them for every bad signature. */
  private static final Set<String> DATED =
      Set.of(
          "RequestTimeTooSkewed",
          "RequestExpired",
          "RequestInTheFuture",
          "InvalidSignatureException",
          "SignatureDoesNotMatch");

  private static final Set<String> OUTDATED =
      Set.of(
          "ExpiredTokenException",
          "ExpiredToken",
          "UnrecognizedClientException",
          "InvalidClientTokenId",
          "InvalidSignatureException",
          "SignatureDoesNotMatch");

  /**
   * Reads the body; one that is no JSON, such as a proxy's page, gives a type from the status
   * alone.
   */
  static ServiceError of(int status, String headerType, String body) {
    try {
      JsonNode json = Json.read(body.isBlank() ? "{}" : body);
      String type = json.path("__type").asString(headerType);
      return new ServiceError(
          status, bare(type), json.path("message").asString(json.path("Message").asString("")));
    } catch (JacksonException e) {
      return new ServiceError(
          status, bare(headerType), body.contains("Rate exceeded") ? "Rate exceeded" : "");
    }
  }

  private static String bare(String type) {
    String name = type.substring(type.lastIndexOf('#') + 1);
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  /** HTTP 429, or the words of throttling in type or message. */
  boolean throttling() {
    String words = (type + " " + message).toLowerCase(Locale.ROOT).replace(" ", "");
    return status == 429
        || words.contains("throttl")
        || words.contains("rateexceeded")
        || type.equals("RequestLimitExceeded");
  }

  /** Whether the date of the signature may be the reason. */
  boolean skewed() {
    return DATED.contains(type);
  }

  /** Whether other credentials may help. */
  boolean outdated() {
    return OUTDATED.contains(type);
  }

  /** What a metric calls it. */
  String label() {
    return type.isEmpty() ? Integer.toString(status) : type;
  }

  AgentException asException(String operation) {
    return new AgentException(code(), operation + ": " + (label() + " " + message).strip());
  }

  private ErrorCode code() {
    if (throttling()) {
      return ErrorCode.SERVICE_THROTTLED;
    }
    if (DENIED.contains(type) || status == 401 || status == 403) {
      return ErrorCode.SERVICE_DENIED;
    }
    return status >= 500 ? ErrorCode.SERVICE_ERROR : ErrorCode.SERVICE_REFUSED;
  }
}
