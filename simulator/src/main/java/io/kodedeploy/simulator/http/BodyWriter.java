package io.kodedeploy.simulator.http;

import java.io.IOException;
import java.io.OutputStream;

/** Writes a body in its framing; flush sends what has come so far, close ends the body. */
public final class BodyWriter extends OutputStream {
  private final HttpWriter writer;
  private final boolean chunked;
  private long left;
  private boolean closed;

  BodyWriter(HttpWriter writer, Framing framing) {
    this.writer = writer;
    this.chunked = framing instanceof Framing.Chunked;
    this.left =
        switch (framing) {
          case Framing.None _ -> 0;
          case Framing.Length(var bytes) -> bytes;
          case Framing.Chunked _, Framing.UntilClose _ -> Long.MAX_VALUE;
        };
    this.closed = framing instanceof Framing.None;
  }

  /** Whether everything that the framing promised has been written. */
  boolean isComplete() {
    return closed || left == 0;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    if (length > left || closed) {
      throw new IOException("more body than the head promised");
    }
    if (chunked) {
      writer.text(Integer.toHexString(length) + "\r\n");
      writer.write(source, offset, length);
      writer.text("\r\n");
    } else {
      writer.write(source, offset, length);
      left -= left == Long.MAX_VALUE ? 0 : length;
    }
  }

  @Override
  public void flush() throws IOException {
    writer.flush();
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = left == 0 || left == Long.MAX_VALUE;
      if (chunked) {
        writer.text("0\r\n\r\n");
      }
    }
    writer.flush();
  }
}
