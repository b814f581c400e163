package io.kodedeploy.simulator.s3;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.Headers;
import io.kodedeploy.simulator.wire.RequestBody;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * The checksums that a client states for a body, in headers or in a trailer, and their verification
 * while the body is read. Used by one thread.
 */
final class Checksums {
  private static final String PREFIX = "x-amz-checksum-";

  private interface Running {
    void update(byte[] bytes, int length);

    String base64();
  }

  private final Headers headers;
  private final Map<String, Running> running = new LinkedHashMap<>();

  /** Finds what is to be computed. */
  Checksums(Headers headers) {
    this.headers = headers;
    headers
        .all()
        .keySet()
        .forEach(
            name -> {
              if (name.toLowerCase(java.util.Locale.ROOT).startsWith(PREFIX)) {
                begin(name);
              }
            });
    headers.get("x-amz-trailer").ifPresent(this::begin);
    if (headers.get("Content-MD5").isPresent()) {
      running.put("content-md5", digest("MD5"));
    }
  }

  private void begin(String headerName) {
    var name = headerName.trim().toLowerCase(java.util.Locale.ROOT);
    switch (name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : "") {
      case "crc32" -> running.put(name, crc(new CRC32(), 4));
      case "crc32c" -> running.put(name, crc(new CRC32C(), 4));
      case "crc64nvme" -> running.put(name, crc(new Crc64Nvme(), 8));
      case "sha1" -> running.put(name, digest("SHA-1"));
      case "sha256" -> running.put(name, digest("SHA-256"));
      default -> {
        // x-amz-checksum-algorithm, -mode and -type state no value
      }
    }
  }

  void update(byte[] bytes, int length) {
    running.values().forEach(one -> one.update(bytes, length));
  }

  /**
   * Compares, after the whole body was read.
   *
   * @return the verified checksums by header name, to be given back with the object
   * @throws AwsError {@code BadDigest} or {@code InvalidRequest}
   */
  Map<String, String> verify(RequestBody body) {
    var verified = new LinkedHashMap<String, String>();
    running.forEach(
        (name, one) -> {
          var stated =
              headers
                  .get(name)
                  .or(() -> body.trailer(name))
                  .orElseThrow(
                      () ->
                          AwsError.badRequest(
                              "MalformedTrailerError", "The trailer " + name + " was not sent."));
          if (!stated.trim().equals(one.base64())) {
            throw AwsError.badRequest(
                "BadDigest",
                "The "
                    + name
                    + " you specified did not match the calculated checksum "
                    + one.base64()
                    + ".");
          }
          if (name.startsWith(PREFIX)) {
            verified.put(name, stated.trim());
          }
        });
    return verified;
  }

  private static Running crc(Checksum checksum, int bytes) {
    return new Running() {
      @Override
      public void update(byte[] data, int length) {
        checksum.update(data, 0, length);
      }

      @Override
      public String base64() {
        var all = ByteBuffer.allocate(8).putLong(checksum.getValue()).array();
        var last = java.util.Arrays.copyOfRange(all, 8 - bytes, 8);
        return Base64.getEncoder().encodeToString(last);
      }
    };
  }

  private static Running digest(String algorithm) {
    var digest = messageDigest(algorithm);
    return new Running() {
      private String result = "";

      @Override
      public void update(byte[] data, int length) {
        digest.update(data, 0, length);
      }

      @Override
      public String base64() {
        if (result.isEmpty()) {
          result = Base64.getEncoder().encodeToString(digest.digest());
        }
        return result;
      }
    };
  }

  static MessageDigest messageDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is part of every JDK", e);
    }
  }
}
