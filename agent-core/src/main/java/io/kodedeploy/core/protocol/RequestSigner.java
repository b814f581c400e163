package io.kodedeploy.core.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * AWS Signature Version 4 for the one kind of request of the command service: {@code POST /}
 * without query (see "Create a signed AWS API request", AWS General Reference).
 */
final class RequestSigner {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final String region;
  private final String service;

  RequestSigner(String region, String service) {
    this.region = region;
    this.service = service;
  }

  /**
   * The headers to send: those given, the date, the token of session credentials and the
   * authorization.
   *
   * @param headers to be signed, {@code Host} among them
   */
  Map<String, String> sign(
      Map<String, String> headers, byte[] body, AwsCredentials credentials, Instant now) {
    String date = DATE.format(now);
    var signed = new TreeMap<>(headers);
    signed.put("X-Amz-Date", date);
    if (credentials instanceof AwsSessionCredentials session) {
      signed.put("X-Amz-Security-Token", session.sessionToken());
    }
    String scope = date.substring(0, 8) + "/" + region + "/" + service + "/aws4_request";
    String text =
        "AWS4-HMAC-SHA256\n"
            + date
            + "\n"
            + scope
            + "\n"
            + hash(canonical(signed, body).getBytes(UTF_8));
    byte[] key = ("AWS4" + credentials.secretAccessKey()).getBytes(UTF_8);
    for (String part : scope.split("/", -1)) {
      key = hmac(key, part);
    }
    signed.put(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential="
            + credentials.accessKeyId()
            + "/"
            + scope
            + ", SignedHeaders="
            + names(signed)
            + ", Signature="
            + HexFormat.of().formatHex(hmac(key, text)));
    return signed;
  }

  static String canonical(SortedMap<String, String> headers, byte[] body) {
    return "POST\n/\n\n"
        + lower(headers).entrySet().stream()
            .map(h -> h.getKey() + ":" + h.getValue().strip() + "\n")
            .collect(Collectors.joining())
        + "\n"
        + names(headers)
        + "\n"
        + hash(body);
  }

  private static String names(SortedMap<String, String> headers) {
    return String.join(";", lower(headers).keySet());
  }

  private static SortedMap<String, String> lower(Map<String, String> headers) {
    var result = new TreeMap<String, String>();
    headers.forEach((name, value) -> result.put(name.toLowerCase(Locale.ROOT), value));
    return result;
  }

  static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
