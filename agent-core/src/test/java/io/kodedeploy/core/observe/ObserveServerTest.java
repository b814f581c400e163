package io.kodedeploy.core.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ObserveServerTest {
  private final TurnedClock clock = new TurnedClock();
  private final AgentHealth health = new AgentHealth(clock);
  private final AgentMetrics metrics =
      new AgentMetrics(Map.of("target_namespace", "shop"), "0.1.0");
  private final ObserveServer server =
      ObserveServer.start(
          0,
          "127.0.0.1",
          health,
          metrics,
          () -> JsonMapper.builder().build().createObjectNode().put("host", "arn:x"));
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void isReadyOnceEveryRequirementIsMet() throws Exception {
    health.fine("identity");

    var answer = get("/health/ready");

    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void saysWhyItIsNotReady() throws Exception {
    health.fine("identity");
    health.problem("poll", "https://x cannot be reached");

    var answer = get("/health/ready");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("poll").contains("https://x cannot be reached");
  }

  @Test
  void isNotReadyBeforeAnythingIsRequired() throws Exception {
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
  }

  @Test
  void livesWhileItsLoopsMoveWhateverIsNotReady() throws Exception {
    health.problem("poll", "unreachable");
    health.loop("poll", Duration.ofMinutes(5)).beat();
    clock.now = clock.now.plus(Duration.ofMinutes(5));

    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void doesNotLiveWhenALoopIsSilentBeyondItsLimit() throws Exception {
    health.loop("poll", Duration.ofMinutes(5)).beat();
    clock.now = clock.now.plus(Duration.ofSeconds(301));

    var answer = get("/health/live");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("no progress for 301 s");
  }

  @Test
  void isStartedWhenTheAgentSaysSo() throws Exception {
    int before = get("/health/started").statusCode();

    health.markStarted();

    assertThat(before).isEqualTo(503);
    assertThat(get("/health/started").statusCode()).isEqualTo(200);
  }

  @Test
  void answersAllProbesAtOnceInTheFormThatMonitorsKnow() throws Exception {
    health.fine("identity");

    var answer = get("/health");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .isEqualTo(
            "{\"status\":\"DOWN\",\"checks\":["
                + "{\"name\":\"live\",\"status\":\"UP\"},"
                + "{\"name\":\"ready\",\"status\":\"UP\"},"
                + "{\"name\":\"started\",\"status\":\"DOWN\",\"data\":{\"agent\":\"starting\"}}]}");
  }

  @Test
  void answersAProbeThatAsksForTheStatusOnly() throws Exception {
    var uri = URI.create("http://127.0.0.1:" + server.port() + "/health/started");

    var answer = client.send(HttpRequest.newBuilder(uri).HEAD().build(), BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void findsServicesOfTheClassPathWhileItAnswers() throws Exception {
    var seen = new AtomicReference<ClassLoader>();
    try (var other =
        ObserveServer.start(
            0,
            "127.0.0.1",
            health,
            metrics,
            () -> {
              seen.set(Thread.currentThread().getContextClassLoader());
              return JsonMapper.shared().createObjectNode();
            })) {
      var uri = URI.create("http://127.0.0.1:" + other.port() + "/status");
      client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
    }

    assertThat(seen.get()).isSameAs(ObserveServer.class.getClassLoader());
  }

  @Test
  void servesTheStatusAsJson() throws Exception {
    var answer = get("/status");

    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(JsonMapper.builder().build().readTree(answer.body()).get("host").asString())
        .isEqualTo("arn:x");
  }

  @Test
  void spellsEverySeriesAsTheDesignDoes() throws Exception {
    metrics.poll("idle");
    metrics.pollAge(() -> Optional.of(Duration.ofMillis(1500)));
    metrics.command("Install", "succeeded", Duration.ofSeconds(2));
    metrics.commandRunning(() -> Duration.ofSeconds(3));
    metrics.deployment("succeeded");
    metrics.lastSuccess(Instant.ofEpochSecond(1_700_000_000));
    metrics.applications("current", 4);
    metrics.behind(Duration.ofSeconds(5));
    metrics.targets("web", "healthy", 1);
    metrics.applyObjects("created", 6);
    metrics.drift(7);
    metrics.catchUp(Duration.ofSeconds(8));
    metrics.catchUpRemaining(9);
    metrics.credentialsExpiry(() -> Optional.of(Instant.ofEpochSecond(1_700_000_001)));
    metrics.leader(true);

    String body = get("/metrics").body();

    assertThat(body.lines())
        .contains(
            "kodedeploy_build_info{target_namespace=\"shop\",version=\"0.1.0\"} 1",
            "kodedeploy_poll_total{result=\"idle\",target_namespace=\"shop\"} 1.0",
            "kodedeploy_poll_age_seconds{target_namespace=\"shop\"} 1.5",
            "kodedeploy_command_seconds_count{command=\"Install\",outcome=\"succeeded\",target_namespace=\"shop\"}"
                + " 1",
            "kodedeploy_command_seconds_sum{command=\"Install\",outcome=\"succeeded\",target_namespace=\"shop\"}"
                + " 2.0",
            "kodedeploy_command_running_seconds{target_namespace=\"shop\"} 3.0",
            "kodedeploy_deployment_total{outcome=\"succeeded\",target_namespace=\"shop\"} 1.0",
            "kodedeploy_last_success_timestamp_seconds{target_namespace=\"shop\"} 1.7E9",
            "kodedeploy_applications{state=\"current\",target_namespace=\"shop\"} 4.0",
            "kodedeploy_behind_seconds{target_namespace=\"shop\"} 5.0",
            "kodedeploy_targets{state=\"healthy\",target_group=\"web\",target_namespace=\"shop\"}"
                + " 1.0",
            "kodedeploy_apply_objects_total{action=\"created\",target_namespace=\"shop\"} 6.0",
            "kodedeploy_drift_objects{target_namespace=\"shop\"} 7.0",
            "kodedeploy_catch_up_seconds{target_namespace=\"shop\"} 8.0",
            "kodedeploy_catch_up_remaining{target_namespace=\"shop\"} 9.0",
            "kodedeploy_credentials_expiry_timestamp_seconds{target_namespace=\"shop\"}"
                + " 1.700000001E9",
            "kodedeploy_leader{target_namespace=\"shop\"} 1.0");
  }

  @Test
  void bringsToldGaugesUpToDateBeforeEachScrape() throws Exception {
    var scrapes = new AtomicInteger();
    metrics.beforeScrape(() -> metrics.drift(scrapes.incrementAndGet()));

    String first = get("/metrics").body();
    String second = get("/metrics").body();

    assertThat(first).contains("kodedeploy_drift_objects{target_namespace=\"shop\"} 1.0");
    assertThat(second).contains("kodedeploy_drift_objects{target_namespace=\"shop\"} 2.0");
  }

  @Test
  void countsCallsThatWereThrottledOrNotPermittedByTheirCode() {
    metrics.awsCall(
        "codedeploy-commands", "PollHostCommand", "ThrottlingException", Duration.ofMillis(10));
    metrics.awsCall(
        "codedeploy-commands", "PollHostCommand", "AccessDeniedException", Duration.ofMillis(10));
    metrics.awsCall("codedeploy-commands", "PollHostCommand", "ok", Duration.ofMillis(10));

    String labels = "code=\"%s\",operation=\"PollHostCommand\",service=\"codedeploy-commands\"";
    assertThat(metrics.scrape().lines())
        .contains(
            "aws_api_calls_total{" + labels.formatted("ok") + "} 1.0",
            "aws_api_call_throttled_errors_total{"
                + labels.formatted("ThrottlingException")
                + "} 1.0",
            "aws_api_call_permission_errors_total{"
                + labels.formatted("AccessDeniedException")
                + "} 1.0")
        .noneMatch(
            line ->
                line.startsWith("aws_api_call_throttled_errors_total") && line.contains("\"ok\""));
  }

  private HttpResponse<String> get(String path) throws Exception {
    var uri = URI.create("http://127.0.0.1:" + server.port() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private static final class TurnedClock extends Clock {
    private Instant now = Instant.parse("2026-01-05T10:11:12Z");

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
