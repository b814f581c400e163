package io.kodedeploy.namespace;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * An API server that is overloaded or away at will: a proxy on loopback in front of a real one. It
 * passes everything on as it came and notes when.
 */
final class FaultyApi implements AutoCloseable {
  private final HttpServer server;
  private final HttpClient upstream;
  private final URI target;
  private final Path kubeconfig;
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final List<Overload> overloads = new CopyOnWriteArrayList<>();
  private volatile Predicate<String> failing = call -> false;
  private volatile boolean away;

  /**
   * A request that arrived.
   *
   * @param text method, path and query
   * @param nanos when
   * @param code what was answered; 0 for nothing
   */
  record Call(String text, long nanos, int code) {}

  private record Overload(Pattern calls, int seconds) {}

  /**
   * A proxy for whoever uses {@link #kubeconfig}.
   *
   * @param folder for that file
   */
  FaultyApi(RealKubernetes kubernetes, Path folder) throws IOException, GeneralSecurityException {
    var text = Files.readString(kubernetes.kubeconfig());
    target = URI.create(found(text, "server: \"([^\"]*)\""));
    upstream =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(trusting(Path.of(found(text, "certificate-authority: \"([^\"]*)\""))))
            .build();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
    kubeconfig = folder.resolve("faulty.conf");
    Files.writeString(
        kubeconfig,
        text.replace(target.toString(), "http://127.0.0.1:" + server.getAddress().getPort())
            .replaceAll(", certificate-authority: \"[^\"]*\"", ""));
  }

  private static String found(String text, String pattern) {
    var matcher = Pattern.compile(pattern).matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException(text);
    }
    return matcher.group(1);
  }

  private static SSLContext trusting(Path certificate)
      throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream file = Files.newInputStream(certificate)) {
      var number = 0;
      for (var one : CertificateFactory.getInstance("X.509").generateCertificates(file)) {
        store.setCertificateEntry("ca-" + number++, one);
      }
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  Path kubeconfig() {
    return kubeconfig;
  }

  /** From now on nothing is answered. */
  void leave() {
    away = true;
  }

  /** From the next request on that fits, nothing is answered; nothing of it is done. */
  void leaveAt(Predicate<String> call) {
    failing = call;
  }

  void comeBack() {
    failing = call -> false;
    away = false;
  }

  boolean isAway() {
    return away;
  }

  /** Answers the next call that fits with 429, to be repeated after some seconds. */
  void overload(String calls, int seconds) {
    overloads.add(new Overload(Pattern.compile(calls), seconds));
  }

  /** What arrived and fits, in its order. */
  List<Call> calls(String pattern) {
    var matcher = Pattern.compile(pattern).asMatchPredicate();
    var found = new ArrayList<Call>();
    for (var call : calls) {
      if (matcher.test(call.text())) {
        found.add(call);
      }
    }
    return found;
  }

  private void handle(HttpExchange exchange) throws IOException {
    var text = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    var arrived = System.nanoTime();
    away |= failing.test(text);
    if (away) {
      calls.add(new Call(text, arrived, 0));
      exchange.close(); // without an answer: the connection ends
      throw new IOException("away");
    }
    var overload = overloads.stream().filter(one -> one.calls().matcher(text).matches()).findAny();
    if (overload.isPresent() && overloads.remove(overload.get())) {
      calls.add(new Call(text, arrived, 429));
      exchange.getResponseHeaders().add("Retry-After", "" + overload.get().seconds());
      var body = "{\"kind\":\"Status\",\"code\":429,\"message\":\"too many requests\"}";
      answer(exchange, 429, body.getBytes(StandardCharsets.UTF_8));
      return;
    }
    forward(exchange, text, arrived);
  }

  private void forward(HttpExchange exchange, String text, long arrived) throws IOException {
    var request =
        HttpRequest.newBuilder(target.resolve(exchange.getRequestURI()))
            .method(
                exchange.getRequestMethod(),
                BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
    for (var name : List.of("Authorization", "Content-Type", "Accept")) {
      var value = exchange.getRequestHeaders().getFirst(name);
      if (value != null) {
        request.header(name, value);
      }
    }
    try {
      var response = upstream.send(request.build(), BodyHandlers.ofByteArray());
      response
          .headers()
          .firstValue("Content-Type")
          .ifPresent(type -> exchange.getResponseHeaders().add("Content-Type", type));
      calls.add(new Call(text, arrived, response.statusCode()));
      answer(exchange, response.statusCode(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exchange.close();
    }
  }

  private static void answer(HttpExchange exchange, int code, byte[] body) throws IOException {
    exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    upstream.close();
  }
}
