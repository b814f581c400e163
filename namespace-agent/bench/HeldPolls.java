import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A command service that never has a command: it holds each poll for 30 s, as the real one may. */
final class HeldPolls implements AutoCloseable {
  private static final int BACKLOG = 1024;

  private final CountDownLatch over = new CountDownLatch(1);
  private final CountDownLatch polled = new CountDownLatch(1);
  private final AtomicLong firstPoll = new AtomicLong();
  private final HttpServer server;

  HeldPolls() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          firstPoll.compareAndSet(0, System.nanoTime());
          polled.countDown();
          try {
            over.await(30, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write(new byte[] {'{', '}'});
          exchange.close();
        });
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** When the first poll arrived, by {@link System#nanoTime}; 0 when none came in that time. */
  long awaitFirst(long seconds) throws InterruptedException {
    return polled.await(seconds, TimeUnit.SECONDS) ? firstPoll.get() : 0;
  }

  /** Answers what is held. */
  void release() {
    over.countDown();
  }

  @Override
  public void close() {
    release();
    server.stop(0);
  }
}
