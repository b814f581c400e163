package io.kodedeploy.simulator.wire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a request says about its signature, in the {@code Authorization} header or, presigned, in
 * the query string.
 *
 * @param time ISO basic time of signing ({@code 20260105T101112Z})
 * @param lifetimeSeconds how long a presigned request is valid
 */
record Authorization(
    String accessKeyId,
    Scope scope,
    List<String> signedHeaders,
    String signature,
    String time,
    Optional<String> sessionToken,
    Optional<Long> lifetimeSeconds) {

  /** The credential scope: {@code 20260105/eu-west-1/iam/aws4_request}. */
  record Scope(String date, String region, String service) {
    String text() {
      return date + "/" + region + "/" + service + "/aws4_request";
    }
  }

  /** Thrown for an authorization that is there but cannot be read. */
  static final class Unreadable extends RuntimeException {
    Unreadable(String message) {
      super(message);
    }
  }

  /** Empty for an unsigned request. */
  static Optional<Authorization> read(Headers headers, Parameters query) {
    var header = headers.get("Authorization");
    if (header.isPresent()) {
      return Optional.of(fromHeader(header.get(), headers));
    }
    return query.has("X-Amz-Signature") ? Optional.of(fromQuery(query)) : Optional.empty();
  }

  private static Authorization fromHeader(String header, Headers headers) {
    if (!header.startsWith("AWS4-HMAC-SHA256 ")) {
      throw new Unreadable("Authorization is not AWS4-HMAC-SHA256");
    }
    var parts = new HashMap<String, String>();
    for (var part : header.substring("AWS4-HMAC-SHA256 ".length()).split(",", -1)) {
      var equals = part.indexOf('=');
      if (equals > 0) {
        parts.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
      }
    }
    var time =
        headers
            .get("X-Amz-Date")
            .orElseThrow(() -> new Unreadable("Authorization requires the header X-Amz-Date"));
    return of(
        parts,
        "Credential",
        "SignedHeaders",
        "Signature",
        time,
        headers.get("X-Amz-Security-Token"),
        Optional.empty());
  }

  private static Authorization fromQuery(Parameters query) {
    var expires = query.get("X-Amz-Expires").orElse("");
    if (!expires.matches("[0-9]{1,6}")) {
      throw new Unreadable("X-Amz-Expires must be a number of seconds");
    }
    return of(
        query.all(),
        "X-Amz-Credential",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
        query.get("X-Amz-Date").orElse(""),
        query.get("X-Amz-Security-Token"),
        Optional.of(Long.valueOf(expires)));
  }

  private static Authorization of(
      Map<String, String> parts,
      String credentialName,
      String headersName,
      String signatureName,
      String time,
      Optional<String> token,
      Optional<Long> lifetime) {
    var credential = List.of(required(parts, credentialName).split("/", -1));
    var size = credential.size();
    if (size < 5 || !credential.getLast().equals("aws4_request")) {
      throw new Unreadable("Credential must have the form KEY/DATE/REGION/SERVICE/aws4_request");
    }
    return new Authorization(
        String.join("/", credential.subList(0, size - 4)),
        new Scope(credential.get(size - 4), credential.get(size - 3), credential.get(size - 2)),
        List.of(required(parts, headersName).split(";", -1)),
        required(parts, signatureName),
        time,
        token,
        lifetime);
  }

  private static String required(Map<String, String> parts, String name) {
    var value = parts.get(name);
    if (value == null || value.isEmpty()) {
      throw new Unreadable("Authorization requires " + name);
    }
    return value;
  }
}
