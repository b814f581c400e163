package io.kodedeploy.simulator.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** Reads heads and bodies off one connection. One thread at a time. */
final class HttpReader {
  private static final int HEAD_LIMIT = 64 * 1024;

  private final InputStream in;
  private byte[] buffer = new byte[8 * 1024];
  private int position;
  private int limit;

  HttpReader(InputStream in) {
    this.in = in;
  }

  /** Whether bytes of the peer wait here. */
  boolean hasBuffered() {
    return position < limit;
  }

  /** Blocks until a byte is there; false at the end of the stream. */
  boolean awaitByte() throws IOException {
    return hasBuffered() || fill();
  }

  /** The next request; empty when the peer ended the connection instead. */
  Optional<RequestHead> requestHead() throws IOException {
    if (!awaitByte()) {
      return Optional.empty();
    }
    var budget = new HeadBudget();
    var line = line(budget);
    while (line.isEmpty()) {
      line = line(budget); // RFC 9112 2.2: an empty line before a request is ignored
    }
    int first = line.indexOf(' ');
    int last = line.lastIndexOf(' ');
    if (first <= 0 || last <= first + 1) {
      throw new HttpFormatException("not a request line: " + line);
    }
    int minor = minorVersion(line.substring(last + 1), 505);
    var target = line.substring(first + 1, last);
    return Optional.of(new RequestHead(line.substring(0, first), target, minor, fields(budget)));
  }

  /** The next response head, interim ones included. */
  ResponseHead responseHead() throws IOException {
    var budget = new HeadBudget();
    var line = line(budget);
    if (line.length() < 12 || line.charAt(8) != ' ') {
      throw new HttpFormatException("not a status line: " + line);
    }
    int minor = minorVersion(line.substring(0, 8), 400);
    try {
      int status = Integer.parseInt(line.substring(9, 12));
      var reason = line.length() > 13 ? line.substring(13) : "";
      return new ResponseHead(status, reason, minor, fields(budget));
    } catch (NumberFormatException e) {
      throw new HttpFormatException("not a status line: " + line);
    }
  }

  /** Reads the trailer section behind the last chunk and forgets it. */
  void trailers() throws IOException {
    fields(new HeadBudget());
  }

  /** The size line of the next chunk. */
  long chunkSize() throws IOException {
    var line = line(new HeadBudget());
    int end = line.indexOf(';');
    var digits = (end < 0 ? line : line.substring(0, end)).strip();
    try {
      if (digits.isEmpty() || digits.length() > 15 || digits.startsWith("-")) {
        throw new HttpFormatException("not a chunk size: " + line);
      }
      return Long.parseLong(digits, 16);
    } catch (NumberFormatException e) {
      throw new HttpFormatException("not a chunk size: " + line);
    }
  }

  /** The line break behind a chunk. */
  void chunkEnd() throws IOException {
    if (!line(new HeadBudget()).isEmpty()) {
      throw new HttpFormatException("bytes behind a chunk");
    }
  }

  /** Like {@link InputStream#read(byte[], int, int)}. */
  int read(byte[] target, int offset, int length) throws IOException {
    if (!hasBuffered()) {
      if (length >= buffer.length) {
        return in.read(target, offset, length);
      }
      if (!fill()) {
        return -1;
      }
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(buffer, position, target, offset, count);
    position += count;
    return count;
  }

  private HttpFields fields(HeadBudget budget) throws IOException {
    var fields = new HttpFields();
    for (var line = line(budget); !line.isEmpty(); line = line(budget)) {
      int colon = line.indexOf(':');
      if (colon <= 0 || line.charAt(0) == ' ' || line.charAt(colon - 1) == ' ') {
        throw new HttpFormatException(
            "not a header field: " + line.substring(0, Math.max(0, colon)));
      }
      fields.add(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    return fields;
  }

  private String line(HeadBudget budget) throws IOException {
    int scanned = 0;
    while (true) {
      for (int i = position + scanned; i < limit; i++) {
        if (buffer[i] == '\n') {
          int end = i > position && buffer[i - 1] == '\r' ? i - 1 : i;
          var line = new String(buffer, position, end - position, ISO_8859_1);
          budget.spend(i + 1 - position);
          position = i + 1;
          return line;
        }
      }
      scanned = limit - position;
      budget.check(scanned);
      if (!fill()) {
        throw new EOFException("the connection ended inside a head");
      }
    }
  }

  private boolean fill() throws IOException {
    if (position == limit) {
      position = 0;
      limit = 0;
    } else if (limit == buffer.length) {
      if (position > 0) {
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        limit -= position;
        position = 0;
      } else {
        buffer = Arrays.copyOf(buffer, buffer.length * 2);
      }
    }
    int count = in.read(buffer, limit, buffer.length - limit);
    if (count < 0) {
      return false;
    }
    limit += count;
    return true;
  }

  private static int minorVersion(String version, int status) throws HttpFormatException {
    return switch (version) {
      case "HTTP/1.1" -> 1;
      case "HTTP/1.0" -> 0;
      default -> throw new HttpFormatException(status, "not HTTP/1: " + version);
    };
  }

  /** Counts a head's bytes, so that no peer can fill the memory. */
  private static final class HeadBudget {
    private int left = HEAD_LIMIT;

    void spend(int bytes) throws HttpFormatException {
      check(bytes);
      left -= bytes;
    }

    void check(int bytes) throws HttpFormatException {
      if (bytes > left) {
        throw new HttpFormatException(431, "head longer than " + HEAD_LIMIT + " bytes");
      }
    }
  }
}
