package io.kodedeploy.core.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Posts a body and gives the answer back, whatever its status. The JDK's connections, kept alive by
 * the JDK.
 */
final class HttpTransport {
  private static final Duration CONNECT = Duration.ofSeconds(15);
  private static final int LARGEST_ANSWER = 4 << 20;

  /** An answer; {@code errorType} is the header, or empty. */
  record Answer(int status, String errorType, String body) {}

  private final URI endpoint;
  private final Duration readTimeout;
  private final Optional<URI> proxy;
  private final Optional<SSLSocketFactory> trust;

  HttpTransport(
      URI endpoint, Duration readTimeout, Optional<URI> proxy, Optional<SSLSocketFactory> trust) {
    this.endpoint = endpoint;
    this.readTimeout = readTimeout;
    this.proxy = proxy;
    this.trust = trust;
  }

  /**
   * Sends one request; it is never repeated here.
   *
   * @param opened hears the connection before anything is sent, so that another thread can end it
   * @throws AgentException {@code service-unreachable} when there is no complete answer
   */
  Answer post(Map<String, String> headers, byte[] body, Consumer<HttpURLConnection> opened) {
    HttpURLConnection connection = null;
    try {
      connection = open();
      opened.accept(connection);
      connection.setRequestMethod("POST");
      connection.setDoOutput(true);
      connection.setInstanceFollowRedirects(false);
      connection.setConnectTimeout((int) CONNECT.toMillis());
      connection.setReadTimeout(Math.toIntExact(readTimeout.toMillis()));
      connection.setFixedLengthStreamingMode(body.length); // else the JDK repeats a POST by itself
      headers.forEach(connection::setRequestProperty);
      try (var out = connection.getOutputStream()) {
        out.write(body);
      }
      int status = connection.getResponseCode();
      String type = connection.getHeaderField("x-amzn-ErrorType");
      return new Answer(
          status,
          type == null ? "" : type,
          body(status < 400 ? connection.getInputStream() : connection.getErrorStream()));
    } catch (SSLException e) {
      throw unreachable("certificate or TLS problem at " + endpoint + ": " + e.getMessage(), e);
    } catch (IOException e) {
      if (connection != null) {
        connection.disconnect();
      }
      throw unreachable(
          endpoint + " cannot be reached: " + e.getClass().getSimpleName() + " " + e.getMessage(),
          e);
    }
  }

  private HttpURLConnection open() throws IOException {
    var url = endpoint.resolve("/").toURL();
    var connection =
        (HttpURLConnection)
            (proxy.isPresent() ? url.openConnection(http(proxy.get())) : url.openConnection());
    proxy
        .flatMap(HttpTransport::authorization)
        .ifPresent(value -> connection.setRequestProperty("Proxy-Authorization", value));
    if (connection instanceof HttpsURLConnection https) {
      trust.ifPresent(https::setSSLSocketFactory);
    }
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

  private static String body(@Nullable InputStream stream) throws IOException {
    if (stream == null) {
      return "";
    }
    try (stream) {
      byte[] bytes = stream.readNBytes(LARGEST_ANSWER + 1);
      if (bytes.length > LARGEST_ANSWER) {
        throw new IOException("the answer is larger than " + LARGEST_ANSWER + " bytes");
      }
      return new String(bytes, UTF_8);
    }
  }

  private static AgentException unreachable(String message, Throwable cause) {
    return new AgentException(ErrorCode.SERVICE_UNREACHABLE, message, cause);
  }
}
