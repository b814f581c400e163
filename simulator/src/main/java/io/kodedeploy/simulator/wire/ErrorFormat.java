package io.kodedeploy.simulator.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Writes an {@link AwsError} as its protocol has it. */
final class ErrorFormat {
  private ErrorFormat() {}

  static AwsResponse write(Protocol protocol, AwsError error, String requestId, String rawPath) {
    return switch (protocol) {
      case JSON ->
          AwsResponse.bytes(
              error.status(),
              "application/x-amz-json-1.1",
              Json.write(
                  Json.object().put("__type", error.code()).put("message", error.message())));
      case QUERY -> xml(error, query(error, requestId), "text/xml");
      case EC2 -> xml(error, ec2(error, requestId), "text/xml");
      case S3 -> xml(error, s3(error, requestId, rawPath), "application/xml");
    };
  }

  private static AwsResponse xml(AwsError error, String document, String type) {
    return AwsResponse.bytes(error.status(), type, document.getBytes(UTF_8));
  }

  private static String query(AwsError error, String requestId) {
    return Xml.document(
        "ErrorResponse",
        "",
        xml ->
            xml.element(
                    "Error",
                    e ->
                        e.text("Type", error.status() >= 500 ? "Receiver" : "Sender")
                            .text("Code", error.code())
                            .text("Message", error.message()))
                .text("RequestId", requestId));
  }

  private static String ec2(AwsError error, String requestId) {
    return Xml.document(
        "Response",
        "",
        xml ->
            xml.element(
                    "Errors",
                    list ->
                        list.element(
                            "Error",
                            e -> e.text("Code", error.code()).text("Message", error.message())))
                .text("RequestID", requestId));
  }

  private static String s3(AwsError error, String requestId, String rawPath) {
    return Xml.document(
        "Error",
        "",
        xml -> {
          xml.text("Code", error.code()).text("Message", error.message());
          error.details().forEach(xml::text);
          xml.text("Resource", rawPath).text("RequestId", requestId);
        });
  }
}
