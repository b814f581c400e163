package io.kodedeploy.simulator.elb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.Simulator;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2ClientBuilder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Clients of a simulator. */
final class Clients {
  private static final JsonMapper JSON = new JsonMapper();

  private Clients() {}

  static ElasticLoadBalancingV2Client elb(Simulator simulator) {
    return builder(simulator).build();
  }

  /** One attempt a call, so that a throttled one is seen. */
  static ElasticLoadBalancingV2Client withoutRetries(Simulator simulator) {
    return builder(simulator)
        .overrideConfiguration(
            o -> o.retryStrategy(StandardRetryStrategy.builder().maxAttempts(1).build()))
        .build();
  }

  private static ElasticLoadBalancingV2ClientBuilder builder(Simulator simulator) {
    return ElasticLoadBalancingV2Client.builder()
        .endpointOverride(simulator.url())
        .region(Region.US_WEST_2)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")));
  }

  /** Calls the administration; the answer's JSON, or the status as a number if it has no body. */
  static JsonNode admin(Simulator simulator, String method, String path, String body)
      throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      var answer =
          client.send(
              HttpRequest.newBuilder(simulator.url().resolve("/_simulator" + path))
                  .method(method, HttpRequest.BodyPublishers.ofString(body, UTF_8))
                  .build(),
              BodyHandlers.ofString());
      return answer.body().isEmpty()
          ? JSON.getNodeFactory().numberNode(answer.statusCode())
          : JSON.readTree(answer.body());
    }
  }
}
