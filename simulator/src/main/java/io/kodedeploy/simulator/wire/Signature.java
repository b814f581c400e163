package io.kodedeploy.simulator.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The arithmetic of Signature Version 4 (AWS General Reference, "Signature Version 4"). */
final class Signature {
  static final String EMPTY_SHA256 = sha256Hex(new byte[0]);

  private Signature() {}

  static String sha256Hex(byte[] data) {
    return HexFormat.of().formatHex(sha256().digest(data));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The key of one day, region and service. */
  static byte[] signingKey(String secret, Authorization.Scope scope) {
    var key = hmac(("AWS4" + secret).getBytes(UTF_8), scope.date());
    key = hmac(key, scope.region());
    key = hmac(key, scope.service());
    return hmac(key, "aws4_request");
  }

  static byte[] hmac(byte[] key, String text) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String stringToSign(String time, Authorization.Scope scope, String canonicalRequest) {
    return "AWS4-HMAC-SHA256\n"
        + time
        + "\n"
        + scope.text()
        + "\n"
        + sha256Hex(canonicalRequest.getBytes(UTF_8));
  }

  static String canonicalRequest(
      String method,
      String canonicalPath,
      Parameters query,
      Headers headers,
      List<String> signedHeaders,
      String payloadHash) {
    var lines =
        signedHeaders.stream()
            .map(name -> name + ":" + canonicalValue(headers, name) + "\n")
            .collect(Collectors.joining());
    return String.join(
        "\n",
        method,
        canonicalPath,
        canonicalQuery(query),
        lines,
        String.join(";", signedHeaders),
        payloadHash);
  }

  private static String canonicalValue(Headers headers, String name) {
    var values = headers.all().getOrDefault(name, List.of());
    return values.stream()
        .map(v -> v.strip().replaceAll(" +", " "))
        .collect(Collectors.joining(","));
  }

  private static String canonicalQuery(Parameters query) {
    var sorted = new TreeMap<String, String>();
    query.all().forEach((name, value) -> sorted.put(encode(name, false), encode(value, false)));
    sorted.remove("X-Amz-Signature");
    return sorted.entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining("&"));
  }

  /** Percent-encodes all but unreserved characters, by UTF-8 bytes. */
  static String encode(String text, boolean keepSlash) {
    var out = new StringBuilder();
    for (byte b : text.getBytes(UTF_8)) {
      var c = (char) (b & 0xff);
      var unreserved = c < 128 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0);
      if (unreserved || (keepSlash && c == '/')) {
        out.append(c);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return out.toString();
  }

  static boolean same(String expectedHex, String givenHex) {
    return MessageDigest.isEqual(expectedHex.getBytes(UTF_8), givenHex.getBytes(UTF_8));
  }
}
