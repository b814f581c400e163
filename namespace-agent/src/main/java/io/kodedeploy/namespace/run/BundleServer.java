package io.kodedeploy.namespace.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the files of a bundle to the Jobs of this agent, of whatever namespace: {@code GET
 * /bundles/NAMESPACE/NAME} with the Job's token gives a tar, {@code POST
 * /bundles/NAMESPACE/NAME/received} says its SHA-256 and ends the token when all of it arrived.
 * Until then a broken download may be begun again. TLS 1.3 with a certificate that Jobs know by its
 * digest. It listens from the first Job on. Safe for many threads.
 */
public final class BundleServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BundleServer.class);
  private static final String PREFIX = "/bundles/";
  private static final String RECEIVED = "/received";
  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int GONE = 410;
  private static final int DIGEST_LENGTH = 64;

  private final RunSettings settings;
  private final Map<String, Offer> offers = new ConcurrentHashMap<>();
  private Optional<Listening> listening = Optional.empty();

  private record Listening(
      HttpsServer server, ExecutorService threads, BundleCertificate certificate) {}

  private static final class Offer {
    private final byte[] token;
    private final List<Path> trees;
    private volatile String received = "";

    Offer(String token, List<Path> trees) {
      this.token = token.getBytes(UTF_8);
      this.trees = trees;
    }
  }

  /** Files that are offered until this is closed. */
  interface Offered extends AutoCloseable {
    /** Nothing is offered. */
    Offered NOTHING = () -> {};

    @Override
    void close();
  }

  /** A server that does not listen yet. */
  public BundleServer(RunSettings settings) {
    this.settings = settings;
  }

  /**
   * Where a Job fetches.
   *
   * @throws AgentException {@code configuration-invalid} when the port cannot be bound
   */
  String url(String job) {
    int port = listen().server.getAddress().getPort();
    return "https://" + settings.bundleHost() + ":" + port + PREFIX + job;
  }

  /** Digest of the certificate that is shown. */
  String certificate() {
    return listen().certificate.digest();
  }

  /** Offers folders to the holder of a token. */
  Offered offer(String job, String token, List<Path> trees) {
    listen();
    var offer = new Offer(token, List.copyOf(trees));
    offers.put(job, offer);
    return () -> offers.remove(job, offer);
  }

  private synchronized Listening listen() {
    if (listening.isPresent()) {
      return listening.get();
    }
    try {
      var certificate = BundleCertificate.make();
      var server =
          HttpsServer.create(
              new InetSocketAddress(settings.bundleAddress(), settings.bundlePort()), 0);
      server.setHttpsConfigurator(
          new HttpsConfigurator(certificate.context()) {
            @Override
            public void configure(HttpsParameters parameters) {
              var tls = getSSLContext().getDefaultSSLParameters();
              tls.setProtocols(new String[] {"TLSv1.3"});
              parameters.setSSLParameters(tls);
            }
          });
      var threads =
          Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("bundle-", 1).factory());
      server.setExecutor(threads);
      server.createContext(PREFIX, this::answer);
      server.start();
      log.atInfo()
          .addKeyValue("address", settings.bundleAddress())
          .addKeyValue("port", server.getAddress().getPort())
          .log("bundles are served to Jobs");
      listening = Optional.of(new Listening(server, threads, certificate));
      return listening.get();
    } catch (IOException e) {
      throw new AgentException(
          ErrorCode.CONFIGURATION_INVALID,
          "bundles.address %s, bundles.port %d: cannot listen: %s"
              .formatted(settings.bundleAddress(), settings.bundlePort(), e.getMessage()),
          e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath().substring(PREFIX.length());
      boolean acknowledges = path.endsWith(RECEIVED) && exchange.getRequestMethod().equals("POST");
      var job = acknowledges ? path.substring(0, path.length() - RECEIVED.length()) : path;
      var offer = offers.get(job);
      if (offer == null) {
        refuse(exchange, NOT_FOUND);
      } else if (!authorized(exchange, offer)) {
        refuse(exchange, UNAUTHORIZED);
      } else if (acknowledges) {
        acknowledge(exchange, job, offer);
      } else if (!exchange.getRequestMethod().equals("GET")) {
        refuse(exchange, NOT_FOUND);
      } else if (!offer.received.isEmpty()) {
        refuse(exchange, GONE);
      } else {
        exchange.getResponseHeaders().set("Content-Type", "application/x-tar");
        exchange.sendResponseHeaders(OK, 0);
        BundleTar.write(offer.trees, exchange.getResponseBody());
      }
    } catch (IOException | RuntimeException e) {
      log.atWarn().setCause(e).log("a bundle was not delivered, the Job tries again");
      throw e;
    }
  }

  private static boolean authorized(HttpExchange exchange, Offer offer) {
    var header = exchange.getRequestHeaders().getFirst("Authorization");
    return header != null
        && header.startsWith("Bearer ")
        && MessageDigest.isEqual(header.substring("Bearer ".length()).getBytes(UTF_8), offer.token);
  }

  /** Nothing about what was sent is remembered: a restarted agent compares as well. */
  private static void acknowledge(HttpExchange exchange, String job, Offer offer)
      throws IOException {
    var digest = new String(exchange.getRequestBody().readNBytes(DIGEST_LENGTH), UTF_8);
    if (offer.received.isEmpty() && digest.equals(digest(offer.trees))) {
      offer.received = digest;
      log.atInfo().addKeyValue("name", job).log("a Job has its bundle");
    }
    refuse(exchange, offer.received.equals(digest) ? NO_CONTENT : CONFLICT);
  }

  /** SHA-256 of the tar of these folders. */
  static String digest(List<Path> trees) throws IOException {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      BundleTar.write(trees, new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void refuse(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
  }

  /** Stops listening; downloads under way are broken off. */
  @Override
  public synchronized void close() {
    listening.ifPresent(
        open -> {
          open.server.stop(0);
          open.threads.shutdownNow();
        });
    listening = Optional.empty();
  }
}
