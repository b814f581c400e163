package io.kodedeploy.core.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A peer that answers every connection with the same bytes, whatever it is asked, and closes. */
public final class RawServer implements AutoCloseable {
  private final ServerSocket server;
  private final byte[] answer;
  private final Duration betweenBytes;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Listens on a free port of the loopback address.
   *
   * @param betweenBytes zero sends all at once
   */
  public RawServer(String answer, Duration betweenBytes) {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.answer = answer.getBytes(ISO_8859_1);
    this.betweenBytes = betweenBytes;
    var _ = threads.submit(this::listen);
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  private Void listen() throws IOException {
    while (!server.isClosed()) {
      var client = server.accept();
      var _ = threads.submit(() -> serve(client));
    }
    return null;
  }

  private Void serve(Socket client) throws IOException, InterruptedException {
    try (client) {
      var request = client.getInputStream();
      while (request.read() != '}') {} // every request of ours is one JSON object
      for (byte next : answer) {
        client.getOutputStream().write(next);
        if (betweenBytes.isPositive()) {
          Thread.sleep(betweenBytes);
        }
      }
    }
    return null;
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
