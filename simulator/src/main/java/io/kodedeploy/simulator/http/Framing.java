package io.kodedeploy.simulator.http;

/** Where a message's body ends (RFC 9112 section 6). */
public sealed interface Framing {

  /** There is no body. */
  record None() implements Framing {}

  /** So many bytes. */
  record Length(long bytes) implements Framing {}

  /** Chunked transfer coding. */
  record Chunked() implements Framing {}

  /** Until the connection ends; responses only. */
  record UntilClose() implements Framing {}

  /** The framing of a request; ambiguous ones are refused, since they smuggle requests. */
  static Framing of(RequestHead head) throws HttpFormatException {
    var fields = head.fields();
    if (fields.first("Transfer-Encoding").isPresent()) {
      if (fields.first("Content-Length").isPresent()) {
        throw new HttpFormatException("both Content-Length and Transfer-Encoding");
      }
      requireChunked(fields);
      return new Chunked();
    }
    return fields.first("Content-Length").isEmpty() ? new None() : length(fields);
  }

  /** The framing of a response to a request of that method. */
  static Framing of(ResponseHead head, String method) throws HttpFormatException {
    int status = head.status();
    if (method.equals("HEAD") || status < 200 || status == 204 || status == 304) {
      return new None();
    }
    if (head.fields().first("Transfer-Encoding").isPresent()) {
      requireChunked(head.fields());
      return new Chunked();
    }
    return head.fields().first("Content-Length").isEmpty()
        ? new UntilClose()
        : length(head.fields());
  }

  private static void requireChunked(HttpFields fields) throws HttpFormatException {
    var codings = fields.all("Transfer-Encoding");
    if (codings.size() != 1 || !codings.getFirst().strip().equalsIgnoreCase("chunked")) {
      throw new HttpFormatException("transfer coding other than chunked: " + codings);
    }
  }

  private static Framing length(HttpFields fields) throws HttpFormatException {
    var values = fields.all("Content-Length");
    var text = values.getFirst().strip();
    if (values.stream().anyMatch(v -> !v.strip().equals(text))
        || text.isEmpty()
        || text.length() > 18
        || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new HttpFormatException("Content-Length is not one number: " + values);
    }
    long bytes = Long.parseLong(text);
    return bytes == 0 ? new None() : new Length(bytes);
  }
}
