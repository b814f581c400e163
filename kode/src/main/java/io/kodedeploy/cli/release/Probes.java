package io.kodedeploy.cli.release;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Requests through the load balancer that carry the release's mark and look for the cluster's mark
 * in the answer.
 *
 * @param url where they go
 * @param expected text that only the released cluster's answers hold, in a header or the body;
 *     without it only failures are counted
 * @param releaseId sent along in {@code X-Kode-Probe}
 */
record Probes(URI url, Optional<String> expected, String releaseId) {
  /**
   * What a series of probes saw.
   *
   * @param sent number of probes
   * @param marked answers with the expected text
   * @param failed no answer, or a server error
   * @param example the first failure in words
   */
  record Sample(int sent, int marked, int failed, String example) {
    /** Whether the share of marked answers can come from this share of the traffic. */
    boolean fits(int percent) {
      if (failed > 0 || marked == 0) {
        return false;
      }
      double share = percent / 100.0;
      double expected = sent * share;
      // Four standard deviations: one false alarm in about 16,000 series.
      double tolerance = 4 * Math.sqrt(expected * (1 - share)) + (percent == 100 ? 0 : 1);
      return Math.abs(marked - expected) <= tolerance;
    }
  }

  /** Enough probes for a share to show: about 25 of them should reach the cluster. */
  static int enough(int percent) {
    return Math.clamp(2500 / percent, 60, 1000);
  }

  Sample send(int count) throws InterruptedException {
    int marked = 0;
    int failed = 0;
    String example = "";
    try (var client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build()) {
      var request =
          HttpRequest.newBuilder(url)
              .timeout(Duration.ofSeconds(10))
              .header("X-Kode-Probe", releaseId)
              .header("User-Agent", "kode-release-probe")
              .build();
      for (int i = 0; i < count; i++) {
        try {
          var answer = client.send(request, BodyHandlers.ofString());
          if (answer.statusCode() >= 500) {
            failed++;
            example = example.isEmpty() ? "HTTP " + answer.statusCode() : example;
          } else if (expected.isPresent() && holds(answer, expected.get())) {
            marked++;
          }
        } catch (IOException e) {
          failed++;
          example = example.isEmpty() ? e.toString() : example;
        }
      }
    }
    return new Sample(count, marked, failed, example);
  }

  private static boolean holds(HttpResponse<String> answer, String text) {
    return answer.body().contains(text)
        || answer.headers().map().entrySet().stream().anyMatch(entry -> holds(entry, text));
  }

  private static boolean holds(Map.Entry<String, List<String>> header, String text) {
    return header.getValue().stream()
        .anyMatch(value -> (header.getKey() + ": " + value).contains(text));
  }
}
