package io.kodedeploy.cli.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One HTTP/1.1 connection that never repeats a request. The clients of the JDK do so silently when
 * a connection breaks, which would hide exactly what the demo counts. For one thread.
 */
final class PlainHttp implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 10_000;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final byte[] request;
  private boolean open = true;

  PlainHttp(InetSocketAddress address, boolean keepAlive) throws IOException {
    boolean connected = false;
    try {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      socket.connect(address, TIMEOUT_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
      connected = true;
    } finally {
      if (!connected) {
        socket.close();
      }
    }
    request =
        "GET / HTTP/1.1\r\nHost: %s:%d\r\nUser-Agent: kode-demo\r\nConnection: %s\r\n\r\n"
            .formatted(
                address.getHostString(), address.getPort(), keepAlive ? "keep-alive" : "close")
            .getBytes(ISO_8859_1);
  }

  /**
   * An answer, read to its end.
   *
   * @param status the status code
   * @param headers by lower-case name
   */
  record Answer(int status, Map<String, String> headers) {}

  /** Whether another request may be sent. */
  boolean open() {
    return open;
  }

  Answer get() throws IOException {
    socket.getOutputStream().write(request);
    String status = line();
    if (!status.matches("HTTP/1\\.1 \\d{3}.*")) {
      throw new IOException("no HTTP answer: \"" + status + "\"");
    }
    var headers = new HashMap<String, String>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("no HTTP header: \"" + line + "\"");
      }
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    open = !headers.getOrDefault("connection", "").equalsIgnoreCase("close");
    body(headers);
    return new Answer(Integer.parseInt(status.substring(9, 12)), headers);
  }

  private void body(Map<String, String> headers) throws IOException {
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      while (true) {
        int size = Integer.parseInt(line().replaceFirst(";.*", "").strip(), 16);
        skip(size);
        if (!line().isEmpty()) {
          throw new IOException("a chunk is longer than it says");
        }
        if (size == 0) {
          return;
        }
      }
    }
    if (headers.containsKey("content-length")) {
      skip(Integer.parseInt(headers.get("content-length")));
      return;
    }
    open = false;
    in.transferTo(OutputStream.nullOutputStream());
  }

  private void skip(int length) throws IOException {
    if (in.readNBytes(length).length < length) {
      throw new IOException("the answer ended early");
    }
  }

  private String line() throws IOException {
    var text = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the connection was closed before the answer was complete");
      }
      text.append((char) c);
    }
    int end = text.length();
    return end > 0 && text.charAt(end - 1) == '\r' ? text.substring(0, end - 1) : text.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
