package io.kodedeploy.core.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URLDecoder;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Posts a body and gives the answer back, whatever its status. The JDK's connections, kept alive by
 * the JDK. A call ends within the connect and the read timeout, even when the answer comes in
 * drops.
 */
final class HttpTransport {
  private static final Duration CONNECT = Duration.ofSeconds(15);
  private static final int LARGEST_ANSWER = 4 << 20;

  /**
   * An answer.
   *
   * @param errorType header of an error, or empty
   * @param date header, when there is a readable one
   */
  record Answer(int status, String errorType, Optional<Instant> date, String body) {
    boolean success() {
      return status >= 200 && status < 300;
    }

    ServiceError asError() {
      return ServiceError.of(status, errorType, body);
    }
  }

  private final URI endpoint;
  private final Duration connectTimeout;
  private final Duration readTimeout;
  private final Optional<URI> proxy;
  private final Optional<SSLSocketFactory> sockets;

  HttpTransport(
      URI endpoint,
      Duration connectTimeout,
      Duration readTimeout,
      Optional<URI> proxy,
      Optional<SSLSocketFactory> sockets) {
    this.endpoint = endpoint;
    this.connectTimeout = connectTimeout;
    this.readTimeout = readTimeout;
    this.proxy = proxy;
    this.sockets =
        sockets.map(
            tls ->
                proxy
                    .<SSLSocketFactory>map(p -> new TunnelSockets(tls, p, authorization(p)))
                    .orElse(tls));
  }

  /**
   * The way to that endpoint.
   *
   * @param environment for {@code no_proxy} and the variables of {@link TrustedAuthorities}
   */
  static HttpTransport to(
      URI endpoint, Duration readTimeout, Optional<URI> proxy, Map<String, String> environment) {
    return new HttpTransport(
        endpoint,
        CONNECT,
        readTimeout,
        ProxyRule.of(proxy, endpoint, environment),
        endpoint.getScheme().equals("https")
            ? Optional.of(TrustedAuthorities.sockets(environment))
            : Optional.empty());
  }

  /** As the JDK sends it: without the port when it is the scheme's own. */
  String host() {
    int port = endpoint.getPort();
    int own = endpoint.getScheme().equals("https") ? 443 : 80;
    return port == -1 || port == own ? endpoint.getHost() : endpoint.getHost() + ":" + port;
  }

  /**
   * Sends one request; it is never repeated here.
   *
   * @param opened hears the connection before anything is sent, so that another thread can end it
   * @throws AgentException {@code service-unreachable} when there is no complete answer
   */
  Answer post(Map<String, String> headers, byte[] body, Consumer<HttpURLConnection> opened) {
    HttpURLConnection connection = null;
    Thread limit = null;
    long deadline = System.nanoTime() + connectTimeout.plus(readTimeout).toNanos();
    var headEnded = new AtomicBoolean();
    try {
      connection = open();
      opened.accept(connection);
      limit = limit(connection, headEnded);
      connection.setRequestMethod("POST");
      connection.setDoOutput(true);
      connection.setInstanceFollowRedirects(false);
      connection.setConnectTimeout(Math.toIntExact(connectTimeout.toMillis()));
      connection.setReadTimeout(Math.toIntExact(readTimeout.toMillis()));
      connection.setFixedLengthStreamingMode(body.length); // else the JDK repeats a POST by itself
      headers.forEach(connection::setRequestProperty);
      try (var out = connection.getOutputStream()) {
        out.write(body);
      }
      int status = connection.getResponseCode();
      headEnded.set(true);
      return answer(status, connection, deadline);
    } catch (IOException e) {
      if (connection != null) {
        connection.disconnect();
      }
      throw unreachable(e);
    } finally {
      if (limit != null) {
        limit.interrupt();
      }
    }
  }

  private static Answer answer(int status, HttpURLConnection connection, long deadline)
      throws IOException {
    if (status < 100) {
      throw new IOException("the answer is not HTTP");
    }
    String type = connection.getHeaderField("x-amzn-ErrorType");
    long date = connection.getDate();
    return new Answer(
        status,
        type == null ? "" : type,
        date == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(date)),
        body(status < 400 ? connection.getInputStream() : connection.getErrorStream(), deadline));
  }

  /**
   * Each read has its timeout, but an answer that comes in drops never meets it. Ends the head of
   * such an answer; the body is read against the deadline, because a connection that is ended while
   * its body is read may go on to read all of it.
   */
  private Thread limit(HttpURLConnection connection, AtomicBoolean headEnded) {
    return Thread.ofVirtual()
        .name("call-limit")
        .start(
            () -> {
              try {
                Thread.sleep(connectTimeout.plus(readTimeout));
                if (!headEnded.get()) {
                  connection.disconnect();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the call has ended in time
              }
            });
  }

  private HttpURLConnection open() throws IOException {
    var url = endpoint.resolve("/").toURL();
    if (sockets.isPresent()) {
      var connection = (HttpsURLConnection) url.openConnection(Proxy.NO_PROXY);
      connection.setSSLSocketFactory(sockets.get());
      return connection;
    }
    var connection =
        (HttpURLConnection)
            url.openConnection(proxy.map(HttpTransport::http).orElse(Proxy.NO_PROXY));
    proxy
        .flatMap(HttpTransport::authorization)
        .ifPresent(value -> connection.setRequestProperty("Proxy-Authorization", value));
    return connection;
  }

  private static Proxy http(URI uri) {
    int port = uri.getPort() != -1 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
    return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(uri.getHost(), port));
  }

  private static Optional<String> authorization(URI uri) {
    return Optional.ofNullable(uri.getRawUserInfo())
        .map(
            user ->
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(
                            URLDecoder.decode(user.replace("+", "%2B"), UTF_8).getBytes(UTF_8)));
  }

  private static String body(@Nullable InputStream stream, long deadline) throws IOException {
    if (stream == null) {
      return "";
    }
    var bytes = new ByteArrayOutputStream();
    try (stream) {
      var some = new byte[8192];
      int count;
      do {
        count = stream.read(some);
        bytes.write(some, 0, Math.max(count, 0));
        if (bytes.size() > LARGEST_ANSWER) {
          throw new IOException("the answer is larger than " + LARGEST_ANSWER + " bytes");
        }
        if (System.nanoTime() - deadline > 0) {
          throw new IOException("the answer has not ended in time");
        }
      } while (count != -1);
    }
    return bytes.toString(UTF_8);
  }

  private AgentException unreachable(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return new AgentException(
            ErrorCode.SERVICE_UNREACHABLE,
            "Invalid server certificate of " + endpoint + ": " + cause.getMessage(),
            e);
      }
    }
    return new AgentException(
        ErrorCode.SERVICE_UNREACHABLE,
        (e instanceof SSLException ? "TLS problem at " + endpoint : endpoint + " cannot be reached")
            + proxy.map(p -> " through the proxy " + p.getHost() + ":" + p.getPort()).orElse("")
            + ": "
            + e.getClass().getSimpleName()
            + " "
            + e.getMessage(),
        e);
  }
}
