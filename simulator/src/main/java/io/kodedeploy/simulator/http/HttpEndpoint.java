package io.kodedeploy.simulator.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening port with a virtual thread for each connection. Thread-safe.
 *
 * <p>Closing refuses new connections at once, ends idle ones, and gives exchanges that run the
 * grace they were opened with before their connections are cut.
 */
public final class HttpEndpoint implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpEndpoint.class);

  private static final Duration ACCEPT_PAUSE = Duration.ofMillis(50);

  private final ServerSocketChannel server;
  private final InetSocketAddress address;
  private final HttpHandler handler;
  private final Duration idleLimit;
  private final Duration grace;
  private final ConcurrentHashMap<HttpConnection, AtomicBoolean> busyByConnection =
      new ConcurrentHashMap<>();
  private final Phaser exchanges = new Phaser(1);
  private final Thread acceptor;
  private volatile boolean closing;

  private HttpEndpoint(
      ServerSocketChannel server, HttpHandler handler, Duration idleLimit, Duration grace)
      throws IOException {
    this.server = server;
    this.address = (InetSocketAddress) server.getLocalAddress();
    this.handler = handler;
    this.idleLimit = idleLimit;
    this.grace = grace;
    this.acceptor = Thread.ofVirtual().name("accept-" + address).unstarted(this::accept);
  }

  /**
   * Binds the address and starts to accept.
   *
   * @param idleLimit how long a kept-alive connection may be silent
   * @param grace how long closing waits for exchanges that run
   * @throws IOException if the address cannot be bound
   */
  public static HttpEndpoint open(
      InetSocketAddress address, HttpHandler handler, Duration idleLimit, Duration grace)
      throws IOException {
    var server = ServerSocketChannel.open();
    try {
      server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      server.bind(address, 1024);
      var endpoint = new HttpEndpoint(server, handler, idleLimit, grace);
      endpoint.acceptor.start();
      return endpoint;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  /** {@code http://ADDRESS:PORT}. */
  public String url() {
    return "http://" + address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  @Override
  public synchronized void close() {
    if (closing) {
      return;
    }
    closing = true;
    try {
      server.close();
    } catch (IOException e) {
      log.atWarn().setCause(e).addKeyValue("address", address).log("listener closed with an error");
    }
    busyByConnection.forEach(
        (connection, busy) -> {
          connection.endAfterExchange();
          if (busy.compareAndSet(false, true)) {
            connection.close();
          }
        });
    awaitExchanges();
    busyByConnection.keySet().forEach(HttpConnection::close);
  }

  private void awaitExchanges() {
    try {
      acceptor.join(); // the port is free only when nobody is inside accept any more
      int phase = exchanges.arriveAndDeregister();
      exchanges.awaitAdvanceInterruptibly(phase, grace.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.atWarn()
          .addKeyValue("address", address)
          .log("exchanges were cut at the end of the grace");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept() {
    while (!closing) {
      try {
        var channel = server.accept();
        Thread.ofVirtual().name("connection-" + address).start(() -> serve(channel));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // Such as too many open files: the next connection may fare better.
        log.atError().setCause(e).addKeyValue("address", address).log("connection not accepted");
        LockSupport.parkNanos(ACCEPT_PAUSE.toNanos());
      }
    }
  }

  private void serve(SocketChannel channel) {
    try (channel;
        var connection = new HttpConnection(channel)) {
      var busy = new AtomicBoolean();
      busyByConnection.put(connection, busy);
      try {
        exchanges(connection, busy);
      } finally {
        busyByConnection.remove(connection);
      }
    } catch (IOException e) {
      log.atDebug().setCause(e).addKeyValue("address", address).log("connection ended");
    }
  }

  private void exchanges(HttpConnection connection, AtomicBoolean busy) throws IOException {
    connection.readLimit(idleLimit);
    boolean more = !closing;
    while (more && connection.awaitByte()) {
      exchanges.register(); // before busy: closing must not miss it
      try {
        more = busy.compareAndSet(false, true) && exchange(connection) && !connection.isEnding();
      } finally {
        exchanges.arriveAndDeregister();
      }
      busy.set(false);
    }
  }

  private boolean exchange(HttpConnection connection) throws IOException {
    Optional<RequestHead> head;
    HttpExchange exchange;
    try {
      head = connection.reader().requestHead();
      if (head.isEmpty()) {
        return false;
      }
      exchange = new HttpExchange(connection, head.get());
    } catch (HttpFormatException e) {
      refuse(connection, e);
      return false;
    }
    try {
      handler.handle(exchange);
      return exchange.finish();
    } catch (HttpFormatException e) { // in the body
      if (!exchange.isAnswered()) {
        refuse(connection, e);
      }
      return false;
    } catch (RuntimeException e) {
      log.atError().setCause(e).addKeyValue("address", address).log("handler broke");
      return false;
    }
  }

  private static void refuse(HttpConnection connection, HttpFormatException e) throws IOException {
    var reason = e.status() == 400 ? "Bad Request" : "Refused";
    connection
        .writer()
        .head(
            ResponseHead.of(e.status(), reason)
                .with("Content-Length", "0")
                .with("Connection", "close"));
    connection.writer().flush();
  }
}
