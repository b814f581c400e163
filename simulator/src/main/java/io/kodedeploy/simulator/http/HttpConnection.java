package io.kodedeploy.simulator.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** One TCP connection that speaks HTTP/1.1. Closing is safe from any thread, the rest is not. */
public final class HttpConnection implements AutoCloseable {
  private final SocketChannel channel;
  private final HttpReader reader;
  private final HttpWriter writer;
  private final InetSocketAddress peer;
  private volatile boolean ending;

  HttpConnection(SocketChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    this.channel = channel;
    this.peer = (InetSocketAddress) channel.getRemoteAddress();
    this.reader = new HttpReader(channel.socket().getInputStream());
    this.writer = new HttpWriter(channel.socket().getOutputStream());
  }

  /**
   * Connects to a server.
   *
   * @throws SocketTimeoutException if nobody accepted within the limit
   */
  public static HttpConnection connect(InetSocketAddress address, Duration limit)
      throws IOException {
    var channel = SocketChannel.open();
    try {
      channel.socket().connect(address, Math.toIntExact(limit.toMillis()));
      return new HttpConnection(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Sends a request head and returns where its body goes; nothing leaves before a flush. */
  public BodyWriter send(RequestHead head, Framing framing) throws IOException {
    writer.head(head);
    return new BodyWriter(writer, framing);
  }

  /** Reads the final response head; interim ones are skipped. */
  public ResponseHead receive() throws IOException {
    while (true) {
      var head = reader.responseHead();
      if (head.status() >= 200 || head.status() == 101) {
        return head;
      }
    }
  }

  /** Blocks until the peer sent a byte; false when it ended the connection instead. */
  public boolean awaitByte() throws IOException {
    return reader.awaitByte();
  }

  /** The body behind a response head. */
  public BodyReader body(Framing framing) {
    return new BodyReader(reader, framing);
  }

  /** How long a read may wait; zero is for ever. */
  public void readLimit(Duration limit) throws SocketException {
    channel.socket().setSoTimeout(Math.toIntExact(limit.toMillis()));
  }

  /** Whether an idle connection is good for a request: open, not half-closed, and silent. */
  public boolean isFresh() {
    if (!channel.isOpen() || reader.hasBuffered()) {
      return false;
    }
    try {
      channel.configureBlocking(false);
      try {
        return channel.read(ByteBuffer.allocate(1)) == 0;
      } finally {
        channel.configureBlocking(true);
      }
    } catch (IOException e) {
      return false;
    }
  }

  InetSocketAddress peer() {
    return peer;
  }

  HttpReader reader() {
    return reader;
  }

  HttpWriter writer() {
    return writer;
  }

  /** Whether this connection ends after the exchange that runs. */
  boolean isEnding() {
    return ending;
  }

  void endAfterExchange() {
    ending = true;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // A socket that cannot be closed properly is closed all the same; nothing depends on it.
      ending = true;
    }
  }
}
