package io.kodedeploy.simulator.wire;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ProtocolConfigs;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionProvider;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 as Helidon speaks it, and beside it the socket of every open connection: a handler
 * cannot see from its request whether the client has gone.
 */
final class Connections implements ServerConnectionSelector {
  private final ServerConnectionSelector http1;
  private final Map<String, HelidonSocket> open = new ConcurrentHashMap<>();

  Connections() {
    var config =
        Http1Config.builder()
            .continueImmediately(false)
            .validatePath(false)
            .maxHeadersSize(64 * 1024)
            .build();
    this.http1 =
        new Http1ConnectionProvider().create("http1", config, ProtocolConfigs.create(List.of()));
  }

  @Override
  public int bytesToIdentifyConnection() {
    return http1.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return http1.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http1.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    var key = key(context.socketId(), context.childSocketId());
    open.put(key, context.serverSocket());
    return new Tracked(http1.connection(context), () -> open.remove(key));
  }

  ClientConnection of(ServerRequest request) {
    var socket = open.get(key(request.serverSocketId(), request.socketId()));
    return new Watched(socket);
  }

  private static String key(String serverSocketId, String socketId) {
    return serverSocketId + "/" + socketId;
  }

  private record Watched(@Nullable HelidonSocket socket) implements ClientConnection {
    @Override
    public void watch() {
      if (socket != null) {
        socket.idle();
      }
    }

    @Override
    public boolean isOpen() {
      return socket != null && socket.isConnected();
    }
  }

  private record Tracked(ServerConnection delegate, Runnable ended) implements ServerConnection {
    @Override
    public void handle(Limit limit) throws InterruptedException {
      try {
        delegate.handle(limit);
      } finally {
        ended.run();
      }
    }

    @Override
    public Duration idleTime() {
      return delegate.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
      delegate.close(interrupt);
    }
  }
}
