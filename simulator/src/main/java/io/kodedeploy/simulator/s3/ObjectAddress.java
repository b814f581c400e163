package io.kodedeploy.simulator.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.wire.Headers;
import java.net.URLDecoder;
import java.util.regex.Pattern;

/**
 * What an S3 URL names; either part may be empty.
 *
 * <p>Path style when the host is an address or a bare name, virtual-host style ({@code
 * bucket.localhost}, {@code bucket.s3.REGION.amazonaws.com}) otherwise.
 */
record ObjectAddress(String bucket, String key) {
  private static final Pattern VIRTUAL_HOST =
      Pattern.compile("(.+)\\.(?:localhost|s3[.-].+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern IP_ADDRESS = Pattern.compile("[0-9.]+|\\[.*]");

  static ObjectAddress of(String rawPath, Headers headers) {
    return of(rawPath, headers.get("Host").orElse(""));
  }

  static ObjectAddress of(String rawPath, String hostAndPort) {
    var host = hostAndPort.replaceAll(":[0-9]+$", "");
    var path = rawPath.startsWith("/") ? rawPath.substring(1) : rawPath;
    var virtual = VIRTUAL_HOST.matcher(host);
    if (!IP_ADDRESS.matcher(host).matches() && virtual.matches()) {
      return new ObjectAddress(virtual.group(1), decode(path));
    }
    var slash = path.indexOf('/');
    return slash < 0
        ? new ObjectAddress(decode(path), "")
        : new ObjectAddress(decode(path.substring(0, slash)), decode(path.substring(slash + 1)));
  }

  /** Reads {@code x-amz-copy-source}, without its version. */
  static ObjectAddress ofCopySource(String source) {
    var path = source.startsWith("/") ? source.substring(1) : source;
    var slash = path.indexOf('/');
    return slash < 0
        ? new ObjectAddress(decode(path), "")
        : new ObjectAddress(decode(path.substring(0, slash)), decode(path.substring(slash + 1)));
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }
}
