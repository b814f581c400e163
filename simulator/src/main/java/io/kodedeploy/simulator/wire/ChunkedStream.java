package io.kodedeploy.simulator.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes the framing of {@code Content-Encoding: aws-chunked} off ("Signature calculations for the
 * authorization header: transferring payload in multiple chunks", S3 API reference). Signed chunks
 * are verified one by one; trailers are kept for the service.
 */
final class ChunkedStream extends InputStream {
  /** Largest single chunk that is accepted; SDKs send 64 to 128 KiB, the CLI 1 MiB. */
  private static final int LARGEST = 16 << 20;

  private final InputStream in;
  private final Optional<SignatureCheck.ChunkSigning> signing;
  private final boolean signedTrailer;
  private String previousSignature;
  private byte @Nullable [] chunk = new byte[0];
  private int position;
  private final Map<String, String> trailers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  ChunkedStream(
      InputStream in, Optional<SignatureCheck.ChunkSigning> signing, boolean signedTrailer) {
    this.in = in;
    this.signing = signing;
    this.signedTrailer = signedTrailer;
    this.previousSignature = signing.map(SignatureCheck.ChunkSigning::seed).orElse("");
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (chunk != null && position == chunk.length) {
      chunk = nextChunk();
      position = 0;
    }
    if (chunk == null) {
      return -1;
    }
    var count = Math.min(length, chunk.length - position);
    System.arraycopy(chunk, position, buffer, offset, count);
    position += count;
    return count;
  }

  private byte @Nullable [] nextChunk() throws IOException {
    var header = line();
    var semicolon = header.indexOf(';');
    var size = size(semicolon < 0 ? header : header.substring(0, semicolon));
    var data = in.readNBytes(size);
    if (data.length != size) {
      throw new EOFException("the body ended within a chunk");
    }
    if (signing.isPresent()) {
      var signature = header.substring(header.indexOf("chunk-signature=") + 16);
      if (semicolon < 0 || !header.contains("chunk-signature=")) {
        throw Refusals.mismatch(Protocol.S3, "a chunk has no signature");
      }
      verify("AWS4-HMAC-SHA256-PAYLOAD", Signature.EMPTY_SHA256 + "\n", data, signature);
    }
    if (size > 0) {
      line();
      return data;
    }
    readTrailers();
    return null;
  }

  private static int size(String hex) {
    try {
      var size = Integer.parseInt(hex.strip(), 16);
      if (size >= 0 && size <= LARGEST) {
        return size;
      }
    } catch (NumberFormatException e) {
      // answered below, like a size out of bounds
    }
    throw AwsError.badRequest("InvalidChunkSizeError", "bad chunk size " + hex);
  }

  /** The trailers that were read so far, that is: after the end of the stream, all of them. */
  Map<String, String> trailers() {
    return trailers;
  }

  private void readTrailers() throws IOException {
    var signed = new StringBuilder();
    for (var line = line(); !line.isEmpty(); line = line()) {
      if (line.startsWith("x-amz-trailer-signature:")) {
        var given = line.substring("x-amz-trailer-signature:".length()).strip();
        verify("AWS4-HMAC-SHA256-TRAILER", "", signed.toString().getBytes(UTF_8), given);
        return;
      }
      signed.append(line).append('\n');
      var colon = line.indexOf(':');
      if (colon > 0) {
        trailers.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    if (signedTrailer) {
      throw Refusals.mismatch(Protocol.S3, "the trailer has no signature");
    }
  }

  private void verify(String algorithm, String middle, byte[] data, String given) {
    if (signing.isEmpty()) {
      return;
    }
    var chain = signing.get();
    var text =
        String.join("\n", algorithm, chain.time(), chain.scope().text(), previousSignature, "")
            + middle
            + Signature.sha256Hex(data);
    var expected = HexFormat.of().formatHex(Signature.hmac(chain.key(), text));
    if (!Signature.same(expected, given)) {
      throw Refusals.mismatch(Protocol.S3, "a chunk of the body has a wrong signature");
    }
    previousSignature = expected;
  }

  /** One line without its end; the end of the stream counts as an empty line. */
  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.write(b);
      if (line.size() > 8192) {
        throw AwsError.badRequest("InvalidChunkSizeError", "a chunk header is too long");
      }
    }
    return line.toString(ISO_8859_1).strip();
  }
}
