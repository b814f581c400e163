package io.kodedeploy.simulator.wire;

/** What a request with a bad signature is told: every protocol has names of its own. */
final class Refusals {
  private Refusals() {}

  static AwsError unsigned(Protocol protocol) {
    return switch (protocol) {
      case JSON -> AwsError.badRequest("MissingAuthenticationTokenException", UNSIGNED);
      case QUERY, EC2 -> AwsError.of(403, "MissingAuthenticationToken", UNSIGNED);
      case S3 -> AwsError.of(403, "AccessDenied", "Access Denied: the request is not signed");
    };
  }

  private static final String UNSIGNED = "Request is missing Authentication Token";

  static AwsError unreadable(Protocol protocol, String message) {
    return switch (protocol) {
      case JSON -> AwsError.badRequest("IncompleteSignatureException", message);
      case QUERY, EC2 -> AwsError.badRequest("IncompleteSignature", message);
      case S3 -> AwsError.badRequest("AuthorizationHeaderMalformed", message);
    };
  }

  static AwsError unknownKey(Protocol protocol, String accessKeyId) {
    var message =
        "The security token included in the request is invalid: the simulator has no access key "
            + accessKeyId
            + " (use test/test, or create a key with iam create-access-key)";
    return switch (protocol) {
      case JSON -> AwsError.badRequest("UnrecognizedClientException", message);
      case QUERY -> AwsError.of(403, "InvalidClientTokenId", message);
      case EC2 -> AwsError.of(401, "AuthFailure", message);
      case S3 -> AwsError.of(403, "InvalidAccessKeyId", message);
    };
  }

  static AwsError wrongToken(Protocol protocol) {
    var message =
        "The security token included in the request is invalid: it does not belong to the access"
            + " key";
    return switch (protocol) {
      case JSON -> AwsError.badRequest("UnrecognizedClientException", message);
      case QUERY -> AwsError.of(403, "InvalidClientTokenId", message);
      case EC2 -> AwsError.of(401, "AuthFailure", message);
      case S3 -> AwsError.badRequest("InvalidToken", message);
    };
  }

  static AwsError expired(Protocol protocol) {
    var message = "The security token included in the request is expired";
    return switch (protocol) {
      case JSON -> AwsError.badRequest("ExpiredTokenException", message);
      case QUERY -> AwsError.of(403, "ExpiredToken", message);
      case EC2 -> AwsError.badRequest("RequestExpired", message);
      case S3 -> AwsError.badRequest("ExpiredToken", message);
    };
  }

  static AwsError mismatch(Protocol protocol, String reason) {
    var message =
        "The request signature we calculated does not match the signature you provided: " + reason;
    return switch (protocol) {
      case JSON -> AwsError.badRequest("InvalidSignatureException", message);
      case QUERY, S3 -> AwsError.of(403, "SignatureDoesNotMatch", message);
      case EC2 -> AwsError.of(401, "AuthFailure", message);
    };
  }

  static AwsError skewed(Protocol protocol, String time) {
    var message = "Signature expired: signed at " + time + ", more than 15 minutes from now";
    return switch (protocol) {
      case JSON -> AwsError.badRequest("InvalidSignatureException", message);
      case QUERY -> AwsError.of(403, "SignatureDoesNotMatch", message);
      case EC2 -> AwsError.badRequest("RequestExpired", message);
      case S3 -> AwsError.of(403, "RequestTimeTooSkewed", message);
    };
  }

  static AwsError throttled(Protocol protocol) {
    return switch (protocol) {
      case JSON -> AwsError.badRequest("ThrottlingException", "Rate exceeded");
      case QUERY -> AwsError.badRequest("Throttling", "Rate exceeded");
      case EC2 -> AwsError.of(503, "RequestLimitExceeded", "Request limit exceeded.");
      case S3 -> AwsError.of(503, "SlowDown", "Please reduce your request rate.");
    };
  }

  static AwsError broken(Protocol protocol) {
    return switch (protocol) {
      case JSON -> AwsError.of(500, "InternalFailure", "internal failure");
      case QUERY, EC2 -> AwsError.of(500, "InternalFailure", "internal failure");
      case S3 -> AwsError.of(500, "InternalError", "We encountered an internal error.");
    };
  }
}
