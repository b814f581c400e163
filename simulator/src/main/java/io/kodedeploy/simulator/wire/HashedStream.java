package io.kodedeploy.simulator.wire;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Compares the content with the SHA-256 that was signed, once the end is reached. */
final class HashedStream extends FilterInputStream {
  private final MessageDigest digest = Signature.sha256();
  private final String expectedHex;
  private boolean ended;

  HashedStream(InputStream in, String expectedHex) {
    super(in);
    this.expectedHex = expectedHex;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    var read = in.read(buffer, offset, length);
    if (read > 0) {
      digest.update(buffer, offset, read);
    } else if (read < 0 && !ended) {
      ended = true;
      var actual = HexFormat.of().formatHex(digest.digest());
      if (!Signature.same(actual, expectedHex)) {
        throw AwsError.badRequest(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.");
      }
    }
    return read;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
