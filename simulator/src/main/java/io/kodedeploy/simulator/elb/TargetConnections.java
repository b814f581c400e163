package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.HttpConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Kept-alive connections to one target. Thread-safe; the newest is used first. */
final class TargetConnections implements AutoCloseable {
  private static final int MOST_IDLE = 256;
  private static final long LONGEST_IDLE_NANOS = Duration.ofSeconds(20).toNanos();
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

  private record Idle(HttpConnection connection, long sinceNanos) {}

  private final InetSocketAddress address;
  private final Deque<Idle> idle = new ArrayDeque<>();
  private boolean closed;

  TargetConnections(InetSocketAddress address) {
    this.address = address;
  }

  /** A connection that was used before and that the target has not ended. */
  Optional<HttpConnection> reuse() {
    for (var next = poll(); next.isPresent(); next = poll()) {
      if (next.get().isFresh()) {
        return next;
      }
      next.get().close();
    }
    return Optional.empty();
  }

  HttpConnection connect() throws IOException {
    return HttpConnection.connect(address, CONNECT_LIMIT);
  }

  /** Keeps a connection whose last exchange is complete. */
  synchronized void keep(HttpConnection connection) {
    long now = System.nanoTime();
    while (!idle.isEmpty() && now - idle.peekLast().sinceNanos() > LONGEST_IDLE_NANOS) {
      idle.removeLast().connection().close();
    }
    if (closed || idle.size() >= MOST_IDLE) {
      connection.close();
    } else {
      idle.addFirst(new Idle(connection, now));
    }
  }

  /** Ends the idle connections; those in use are ended when they come back. */
  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(each -> each.connection().close());
    idle.clear();
  }

  private synchronized Optional<HttpConnection> poll() {
    return Optional.ofNullable(idle.pollFirst()).map(Idle::connection);
  }
}
