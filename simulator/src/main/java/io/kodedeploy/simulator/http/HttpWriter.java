package io.kodedeploy.simulator.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;

/** Collects what is written, so that a head and its small body leave in one segment. */
final class HttpWriter {
  private final OutputStream out;
  private final byte[] buffer = new byte[16 * 1024];
  private int size;

  HttpWriter(OutputStream out) {
    this.out = out;
  }

  void head(RequestHead head) throws IOException {
    text(head.method() + " " + head.target() + " HTTP/1.1\r\n");
    fields(head.fields());
  }

  void head(ResponseHead head) throws IOException {
    text("HTTP/1.1 " + head.status() + " " + head.reason() + "\r\n");
    fields(head.fields());
  }

  void text(String text) throws IOException {
    write(text.getBytes(ISO_8859_1), 0, text.length());
  }

  void write(byte[] source, int offset, int length) throws IOException {
    if (length > buffer.length - size) {
      flush();
      if (length > buffer.length) {
        out.write(source, offset, length);
        return;
      }
    }
    System.arraycopy(source, offset, buffer, size, length);
    size += length;
  }

  void flush() throws IOException {
    if (size > 0) {
      int count = size;
      size = 0;
      out.write(buffer, 0, count);
    }
  }

  private void fields(HttpFields fields) throws IOException {
    var text = new StringBuilder(256);
    fields.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
    text(text.append("\r\n").toString());
  }
}
