import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Instance metadata, and a command service that never has work: it holds a poll for 30 s. */
final class HeldService implements AutoCloseable {
  private static final String DOCUMENT =
      "{\"accountId\":\"123456789012\",\"region\":\"us-west-2\","
          + "\"instanceId\":\"i-0123456789abcdef0\"}";
  private final CountDownLatch polled = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicLong arrived = new AtomicLong();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  HeldService() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** {@link System#nanoTime} of the first poll, 0 when none came in a minute. */
  long firstPoll() throws InterruptedException {
    return polled.await(1, TimeUnit.MINUTES) ? arrived.get() : 0;
  }

  private void handle(HttpExchange exchange) throws IOException {
    long now = System.nanoTime();
    exchange.getRequestBody().readAllBytes();
    var answer =
        switch (exchange.getRequestURI().getPath()) {
          case "/latest/api/token" -> "token";
          case "/latest/dynamic/instance-identity/document" -> DOCUMENT;
          case "/latest/meta-data/services/partition" -> "aws";
          case "/latest/meta-data/services/domain" -> "amazonaws.com";
          case "/latest/meta-data/iam/security-credentials/" -> "role";
          case "/latest/meta-data/iam/security-credentials/role" ->
              "{\"Code\":\"Success\",\"AccessKeyId\":\"k\",\"SecretAccessKey\":\"s\","
                  + "\"Token\":\"t\",\"Expiration\":\""
                  + Instant.now().plusSeconds(21600)
                  + "\"}";
          default -> held(now);
        };
    byte[] body = answer.getBytes(UTF_8);
    exchange.getResponseHeaders().add("X-aws-ec2-metadata-token-ttl-seconds", "21600");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String held(long now) {
    arrived.compareAndSet(0, now);
    polled.countDown();
    try {
      over.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "{}";
  }

  @Override
  public void close() {
    over.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
