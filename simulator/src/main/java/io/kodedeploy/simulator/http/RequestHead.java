package io.kodedeploy.simulator.http;

import java.util.Locale;
import java.util.Optional;

/**
 * Request line and fields.
 *
 * @param target as on the wire: origin form, absolute form or {@code *}
 * @param minorVersion 0 or 1
 */
public record RequestHead(String method, String target, int minorVersion, HttpFields fields) {

  /** Path with query: the absolute form's scheme and authority are left out. */
  public String originForm() {
    int authority = authorityStart();
    if (authority < 0) {
      return target;
    }
    int path = target.indexOf('/', authority);
    return path < 0 ? "/" : target.substring(path);
  }

  /** The path without the query, not decoded. */
  public String path() {
    var origin = originForm();
    int query = origin.indexOf('?');
    return query < 0 ? origin : origin.substring(0, query);
  }

  /** The query without its question mark; empty when there is none. */
  public String query() {
    int query = target.indexOf('?');
    return query < 0 ? "" : target.substring(query + 1);
  }

  /** Host and port of an absolute target, else of the Host field. */
  public Optional<String> authority() {
    int start = authorityStart();
    if (start < 0) {
      return fields.first("Host");
    }
    int end = target.indexOf('/', start);
    return Optional.of(end < 0 ? target.substring(start) : target.substring(start, end));
  }

  /** Whether the request line carries scheme and authority, as a proxy is asked. */
  public boolean isAbsolute() {
    return authorityStart() >= 0;
  }

  /** Whether the client lets the connection live after this exchange. */
  public boolean keepsAlive() {
    return minorVersion == 1
        ? !fields.hasToken("Connection", "close")
        : fields.hasToken("Connection", "keep-alive");
  }

  private int authorityStart() {
    return target.startsWith("/")
        ? -1
        : target.toLowerCase(Locale.ROOT).startsWith("http://") ? "http://".length() : -1;
  }
}
