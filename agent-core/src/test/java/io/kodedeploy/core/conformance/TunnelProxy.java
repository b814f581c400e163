package io.kodedeploy.core.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP proxy that opens tunnels, with {@code CONNECT} alone; it remembers what it was asked.
 * Asks for credentials when it has any.
 */
public final class TunnelProxy implements AutoCloseable {
  private final ServerSocket server;
  private final String authorization;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Listens on a free port of the loopback address.
   *
   * @param authorization the value of {@code Proxy-Authorization} it insists on, or empty
   */
  public TunnelProxy(String authorization) {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.authorization = authorization;
    var _ = threads.submit(this::listen);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Head of every request, as it came. */
  public List<String> requests() {
    return requests;
  }

  private Void listen() throws IOException {
    while (!server.isClosed()) {
      var client = server.accept();
      var _ = threads.submit(() -> serve(client));
    }
    return null;
  }

  private Void serve(Socket client) throws IOException {
    try (client) {
      String head = head(client.getInputStream());
      requests.add(head);
      if (!authorization.isEmpty() && !head.contains("Proxy-Authorization: " + authorization)) {
        answer(client, "407 Proxy Authentication Required", "Content-Length: 0");
        return null;
      }
      var target = URI.create("tunnel://" + head.split(" ", 3)[1]);
      try (var peer = new Socket(target.getHost(), target.getPort())) {
        answer(client, "200 Connection established", "X-Proxy: test");
        var back = threads.submit(() -> copy(peer.getInputStream(), client.getOutputStream()));
        copy(client.getInputStream(), peer.getOutputStream());
        back.cancel(true);
      }
    }
    return null;
  }

  private static void answer(Socket client, String status, String header) throws IOException {
    client
        .getOutputStream()
        .write("HTTP/1.1 %s\r\n%s\r\n\r\n".formatted(status, header).getBytes(ISO_8859_1));
  }

  private static Void copy(InputStream from, OutputStream to) throws IOException {
    from.transferTo(to);
    to.close();
    return null;
  }

  private static String head(InputStream in) throws IOException {
    var text = new StringBuilder();
    while (text.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      text.append((char) next);
    }
    return text.toString();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
