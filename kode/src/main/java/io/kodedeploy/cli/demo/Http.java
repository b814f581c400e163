package io.kodedeploy.cli.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The demo's own calls: simulator administration, Kubernetes, health of agents. Not the load. */
final class Http implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /** The body of a successful answer; anything else fails the demo. */
  JsonNode post(String url, String body, Optional<String> token) throws InterruptedException {
    var request = request(url, token).header("Content-Type", "application/json");
    try {
      var answer =
          client.send(request.POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new DemoFailed(
            "POST " + url + " answered " + answer.statusCode() + ": " + answer.body());
      }
      return JSON.readTree(answer.body().isEmpty() ? "{}" : answer.body());
    } catch (IOException e) {
      throw new DemoFailed("POST " + url + " failed: " + e);
    }
  }

  /** The answer, or nothing while nobody answers. */
  Optional<HttpResponse<String>> get(String url) throws InterruptedException {
    try {
      return Optional.of(
          client.send(request(url, Optional.empty()).GET().build(), BodyHandlers.ofString()));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static HttpRequest.Builder request(String url, Optional<String> token) {
    var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10));
    token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
    return request;
  }

  @Override
  public void close() {
    client.close();
  }
}
