package io.kodedeploy.simulator.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The entity of a request. It can be read once as a stream or any number of times when it is in
 * memory. What the signature says of the content (its hash, or those of its chunks) is checked
 * while it is read: a mismatch throws {@link AwsError} at the latest when the end is reached.
 */
public final class RequestBody {
  /** Largest body that {@link #bytes} takes. */
  static final int LIMIT = 64 << 20;

  private final InputStream stream;
  private final Optional<Long> length;
  private byte @Nullable [] bytes;

  RequestBody(InputStream stream, Optional<Long> length) {
    this.stream = stream;
    this.length = length;
  }

  static RequestBody of(byte[] bytes) {
    var body = new RequestBody(new ByteArrayInputStream(bytes), Optional.of((long) bytes.length));
    body.bytes = bytes;
    return body;
  }

  /** The content as it comes, aws-chunked framing removed. */
  public InputStream stream() {
    return bytes == null ? stream : new ByteArrayInputStream(bytes);
  }

  /** Number of bytes of the content, when the client said it. */
  public Optional<Long> length() {
    return length;
  }

  /** A trailer of an aws-chunked body; known only after the content was read to its end. */
  public Optional<String> trailer(String name) {
    return stream instanceof ChunkedStream chunked
        ? Optional.ofNullable(chunked.trailers().get(name))
        : Optional.empty();
  }

  /**
   * The whole content; the caller does not change it.
   *
   * @throws AwsError 413 above 64 MiB
   */
  public byte[] bytes() {
    if (bytes == null) {
      try {
        var read = stream.readNBytes(LIMIT + 1);
        if (read.length > LIMIT) {
          throw AwsError.of(413, "RequestEntityTooLarge", "the body is larger than 64 MiB");
        }
        bytes = read;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return bytes;
  }

  /** The whole content as UTF-8 text. */
  public String text() {
    return new String(bytes(), UTF_8);
  }
}
