package io.kodedeploy.simulator.wire;

import java.time.Instant;

/**
 * A request whose signature was verified.
 *
 * @param id the request id that the answer carries
 * @param method HTTP method, upper case
 * @param rawPath path as sent, still percent-encoded
 * @param query parameters of the query string
 * @param body the entity; of JSON and query services already in memory
 * @param service signing name of the credential scope
 * @param region region of the credential scope
 * @param operation name of the operation; empty when an S3 service does not name it
 * @param time simulated time of arrival
 * @param connection the connection it came on
 */
public record AwsRequest(
    String id,
    String method,
    String rawPath,
    Parameters query,
    Headers headers,
    RequestBody body,
    String service,
    String region,
    String operation,
    Caller caller,
    Instant time,
    ClientConnection connection) {

  /** The form of a query request: parameters of the body, or of the URL for a GET. */
  public Parameters form() {
    return method.equals("GET") ? query : Parameters.parse(body.text());
  }
}
