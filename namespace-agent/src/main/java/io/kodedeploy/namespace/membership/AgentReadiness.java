package io.kodedeploy.namespace.membership;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** Asks agents whether they are ready, which they are after a good poll. */
final class AgentReadiness implements Function<String, Optional<String>>, AutoCloseable {
  private static final int SHOWN = 300;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
  private final String url;

  /** {@code NAMESPACE} in the URL stands for the namespace's name. */
  AgentReadiness(String url) {
    this.url = url;
  }

  @Override
  public Optional<String> apply(String namespace) {
    var request =
        HttpRequest.newBuilder(URI.create(url.replace("NAMESPACE", namespace)))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      var answer = http.send(request, BodyHandlers.ofString());
      return answer.statusCode() == 200
          ? Optional.empty()
          : Optional.of("its agent is not ready: " + shown(answer.body()));
    } catch (IOException e) {
      return Optional.of("its agent does not answer at " + request.uri());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  private static String shown(String body) {
    var line = body.replaceAll("\\s+", " ").strip();
    return line.length() > SHOWN ? line.substring(0, SHOWN) : line;
  }

  @Override
  public void close() {
    http.close();
  }
}
