package io.kodedeploy.cli.aws;

import io.kodedeploy.cli.console.CliException;
import io.kodedeploy.cli.console.Problem;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;

/** Turns what the SDK throws into what a user reads. */
public final class AwsFailures {
  private AwsFailures() {}

  /** The error code of a refusal, such as {@code AccessDenied}; never its text. */
  public static String code(AwsServiceException failure) {
    var details = failure.awsErrorDetails();
    return details == null || details.errorCode() == null
        ? "HTTP " + failure.statusCode()
        : details.errorCode();
  }

  /** One line with a remedy. */
  public static CliException describe(SdkException failure) {
    return (switch (failure) {
          case NoSuchBucketException e ->
              new CliException(
                  Problem.BUCKET_MISSING,
                  "the S3 bucket does not exist (" + reason(e) + ").",
                  "create it (aws s3 mb s3://BUCKET, versioning on) or correct --bucket.");
          case AwsServiceException e -> refused(e);
          case AbortedException _ ->
              new CliException(Problem.INTERRUPTED, "interrupted.", "run the command again.");
          default -> client(failure);
        })
        .because(failure);
  }

  private static CliException refused(AwsServiceException e) {
    String code = code(e);
    String service =
        e.awsErrorDetails() == null || e.awsErrorDetails().serviceName() == null
            ? "AWS"
            : e.awsErrorDetails().serviceName();
    String remedy =
        switch (code) {
          case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "HTTP 403" ->
              "give your identity the permission (iam/ lists what each command needs).";
          case "UnrecognizedClientException",
              "InvalidClientTokenId",
              "InvalidAccessKeyId",
              "SignatureDoesNotMatch",
              "InvalidSignatureException",
              "ExpiredToken",
              "ExpiredTokenException" ->
              "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or the profile.";
          case "Throttling", "ThrottlingException", "TooManyRequestsException", "SlowDown" ->
              "wait a little and run the command again.";
          default -> "correct what the message names and run the command again.";
        };
    return new CliException(
        Problem.AWS_REFUSED, service + " answered " + code + ": " + reason(e) + ".", remedy);
  }

  private static String reason(AwsServiceException e) {
    var details = e.awsErrorDetails();
    String text = details == null || details.errorMessage() == null ? "" : details.errorMessage();
    return text.isBlank() ? "no reason given" : oneLine(text);
  }

  private static CliException client(SdkException failure) {
    String text = oneLine(String.valueOf(failure.getMessage()));
    if (text.contains("Unable to load region")) {
      return new CliException(
          Problem.REGION_MISSING,
          "no AWS region was found in the environment or the profile.",
          "set AWS_REGION, for example AWS_REGION=us-west-2.");
    }
    if (text.contains("Unable to load credentials")) {
      return new CliException(
          Problem.CREDENTIALS_MISSING,
          "no AWS credentials were found in the environment, the profile or the instance.",
          "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");
    }
    return new CliException(
        Problem.AWS_UNREACHABLE,
        "no answer from AWS: " + text + ".",
        "check the network, the proxy and AWS_ENDPOINT_URL.");
  }

  private static String oneLine(String text) {
    String line = text.replaceAll("\\s+", " ").strip();
    return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
  }
}
