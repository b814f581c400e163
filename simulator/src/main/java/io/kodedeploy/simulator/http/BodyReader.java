package io.kodedeploy.simulator.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A message's body, decoded; ends where its framing says. A body cut short is an EOFException. */
public final class BodyReader extends InputStream {
  private final HttpReader reader;
  private final Framing framing;
  private long left; // of the length, or of the current chunk
  private boolean insideChunks;
  private boolean complete;

  BodyReader(HttpReader reader, Framing framing) {
    this.reader = reader;
    this.framing = framing;
    this.left = framing instanceof Framing.Length(var bytes) ? bytes : 0;
    this.complete = framing instanceof Framing.None;
  }

  /** Whether the whole body has been read, so that the connection is at the next message. */
  public boolean isComplete() {
    return complete;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (complete) {
      return -1;
    }
    return switch (framing) {
      case Framing.None _ -> -1;
      case Framing.Length _ -> {
        int count = readLeft(target, offset, length);
        complete = left == 0;
        yield count;
      }
      case Framing.Chunked _ -> readChunked(target, offset, length);
      case Framing.UntilClose _ -> {
        int count = reader.read(target, offset, length);
        complete = count < 0;
        yield count;
      }
    };
  }

  private int readChunked(byte[] target, int offset, int length) throws IOException {
    if (left == 0) {
      if (insideChunks) {
        reader.chunkEnd();
      }
      insideChunks = true;
      left = reader.chunkSize();
      if (left == 0) {
        reader.trailers();
        complete = true;
        return -1;
      }
    }
    return readLeft(target, offset, length);
  }

  private int readLeft(byte[] target, int offset, int length) throws IOException {
    int count = reader.read(target, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw new EOFException("the body ended early");
    }
    left -= count;
    return count;
  }
}
