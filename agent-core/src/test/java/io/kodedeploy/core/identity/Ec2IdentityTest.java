package io.kodedeploy.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kodedeploy.core.conformance.ScriptedServer;
import io.kodedeploy.core.conformance.ScriptedServer.Answer;
import io.kodedeploy.core.conformance.ScriptedServer.Request;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** Instance metadata over a socket, by the cases of host-agent.md 16.2. */
class Ec2IdentityTest {
  private static final String PARTITION = "/latest/meta-data/services/partition";
  private static final String ROLES = "/latest/meta-data/iam/security-credentials/";

  private final ScriptedServer server = new ScriptedServer();
  private final List<Duration> pauses = new ArrayList<>();
  private String partition = "aws\n";
  private String expiration = "2026-01-05T16:00:00Z";

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  @DisplayName("HA-037 HA-039 makes the identifier of the identity document")
  void makesTheIdentifierOfTheDocument() throws Exception {
    server.answer(this::instance);

    var identity = Ec2Identity.discover(metadata(true), Map.of());

    assertThat(identity.arn()).isEqualTo("arn:aws:ec2:us-west-2:123456789012:instance/i-0abc");
    assertThat(identity.region()).isEqualTo("us-west-2");
    assertThat(identity.domain()).hasValue("amazonaws.com");
    assertThat(identity.instance().orElseThrow().instanceId()).isEqualTo("i-0abc");
  }

  @Test
  @DisplayName("HA-038 names the partition")
  void namesThePartition() throws Exception {
    partition = "aws-cn";
    server.answer(this::instance);

    assertThat(Ec2Identity.discover(metadata(true), Map.of()).arn()).startsWith("arn:aws-cn:ec2:");
  }

  @Test
  @DisplayName("HA-062 signs for AWS_REGION, and keeps the instance's region in the ARN")
  void signsForTheRegionOfTheEnvironment() throws Exception {
    server.answer(this::instance);

    var identity = Ec2Identity.discover(metadata(true), Map.of("AWS_REGION", "us-east-2"));

    assertThat(identity.region()).isEqualTo("us-east-2");
    assertThat(identity.arn()).contains(":us-west-2:");
  }

  @Test
  @DisplayName(
      "HA-061 signs with the instance role, whatever keys the environment or the platform injects")
  void signsWithTheInstanceRole() throws Exception {
    server.answer(this::instance);
    var environment =
        Map.of(
            "AWS_ACCESS_KEY_ID", "AKIAWRONG",
            "AWS_SECRET_ACCESS_KEY", "wrong",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials",
            "AWS_WEB_IDENTITY_TOKEN_FILE", "/var/run/secrets/token");

    var credentials =
        (AwsSessionCredentials)
            Ec2Identity.discover(metadata(true), environment).credentials().resolveCredentials();

    assertThat(credentials.accessKeyId()).isEqualTo("ASIAROLE");
    assertThat(credentials.sessionToken()).isEqualTo("T");
    assertThat(credentials.expirationTime()).hasValue(Instant.parse(expiration));
  }

  @Test
  @DisplayName("HA-040 HA-041 HA-042 fetches one token for all lookups and sends it")
  void fetchesOneToken() throws Exception {
    server.answer(this::instance);
    var metadata = metadata(true);

    for (int i = 0; i < 10; i++) {
      metadata.get(PARTITION);
    }

    assertThat(server.requests().getFirst().method()).isEqualTo("PUT");
    assertThat(server.requests().getFirst().path()).isEqualTo("/latest/api/token");
    assertThat(server.requests().getFirst().header("X-aws-ec2-metadata-token-ttl-seconds"))
        .hasValue("21600");
    assertThat(server.requests()).filteredOn(r -> r.method().equals("PUT")).hasSize(1);
    assertThat(server.requests())
        .filteredOn(r -> r.method().equals("GET"))
        .hasSize(10)
        .allMatch(
            r -> r.header("X-aws-ec2-metadata-token").equals(java.util.Optional.of("token-1")));
  }

  @Test
  @DisplayName("HA-043 goes on without a token when version 1 is allowed")
  void goesOnWithoutAToken() throws Exception {
    server.answer(
        request -> request.method().equals("PUT") ? new Answer(403, "") : instance(request));

    assertThat(metadata(false).get(PARTITION)).isEqualTo("aws");
    assertThat(server.last().header("X-aws-ec2-metadata-token")).isEmpty();
  }

  @Test
  @DisplayName("HA-044 never asks without a token when version 1 is disabled")
  void neverAsksWithoutAToken() {
    server.answer(
        request -> request.method().equals("PUT") ? new Answer(403, "") : instance(request));

    var refused = catchThrowableOfType(AgentException.class, () -> metadata(true).get(PARTITION));

    assertThat(refused)
        .hasMessageStartingWith("HTTP error from metadata service to get imdsv2 token.");
    assertThat(refused.code()).isEqualTo(ErrorCode.IDENTITY_UNAVAILABLE);
    assertThat(server.requests()).allMatch(r -> r.method().equals("PUT"));
  }

  @Test
  @DisplayName("HA-045 fetches a new token when the cached one is refused")
  void fetchesANewToken() throws Exception {
    var tokens = new AtomicInteger();
    server.answer(
        request -> {
          if (request.method().equals("PUT")) {
            return new Answer(200, "token-" + tokens.incrementAndGet());
          }
          return request.header("X-aws-ec2-metadata-token").orElse("").equals("token-2")
              ? instance(request)
              : new Answer(401, "");
        });

    assertThat(metadata(true).get(PARTITION)).isEqualTo("aws");
  }

  @Test
  @DisplayName("HA-046 asks again after one and two seconds")
  void asksAgain() throws Exception {
    var count = new AtomicInteger();
    server.answer(
        request ->
            request.method().equals("GET") && count.incrementAndGet() < 3
                ? new Answer(500, "")
                : instance(request));

    assertThat(metadata(true).find(PARTITION)).hasValue("aws");
    assertThat(pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
  }

  @Test
  @DisplayName("HA-047 has no value after three failures")
  void hasNoValueAfterThreeFailures() throws Exception {
    server.answer(
        request -> request.method().equals("GET") ? new Answer(500, "") : instance(request));

    assertThat(metadata(true).find(PARTITION)).isEmpty();
    assertThat(server.requests()).filteredOn(r -> r.method().equals("GET")).hasSize(3);
  }

  @Test
  @DisplayName("HA-063 says what is missing when the instance has no role")
  void saysThatTheInstanceHasNoRole() throws Exception {
    server.answer(
        request -> request.path().startsWith(ROLES) ? new Answer(404, "") : instance(request));
    var identity = Ec2Identity.discover(metadata(true), Map.of());

    var refused =
        catchThrowableOfType(
            AgentException.class, () -> identity.credentials().resolveCredentials());

    assertThat(refused.code()).isEqualTo(ErrorCode.CREDENTIALS_UNAVAILABLE);
    assertThat(refused)
        .hasMessageStartingWith(
            "Missing credentials - please check if this instance was started with an IAM instance"
                + " profile");
  }

  @Test
  void keepsCredentialsUntilFiveMinutesBeforeTheyExpire() {
    server.answer(this::instance);
    var clock = new TurnedClock(Instant.parse("2026-01-05T15:54:00Z"));
    var provider = new InstanceRoleCredentials(metadata(true), clock);
    provider.resolveCredentials();
    int asked = server.requests().size();
    provider.resolveCredentials();
    int again = server.requests().size();
    clock.now = Instant.parse("2026-01-05T15:55:01Z");

    provider.resolveCredentials();

    assertThat(again).isEqualTo(asked);
    assertThat(server.requests()).hasSizeGreaterThan(asked);
  }

  @Test
  void keepsValidCredentialsWhileTheyCannotBeRenewed() {
    server.answer(this::instance);
    var clock = new TurnedClock(Instant.parse("2026-01-05T15:00:00Z"));
    var provider = new InstanceRoleCredentials(metadata(true), clock);
    provider.resolveCredentials();
    server.answer(500, "");
    clock.now = Instant.parse("2026-01-05T15:59:59Z");

    assertThat(provider.resolveCredentials().accessKeyId()).isEqualTo("ASIAROLE");
    clock.now = Instant.parse("2026-01-05T16:00:01Z");
    assertThat(catchThrowableOfType(AgentException.class, provider::resolveCredentials).code())
        .isEqualTo(ErrorCode.CREDENTIALS_UNAVAILABLE);
  }

  private Answer instance(Request request) {
    Function<String, Answer> ok = body -> new Answer(200, body);
    return switch (request.path()) {
      case "/latest/api/token" -> ok.apply("token-1");
      case "/latest/dynamic/instance-identity/document" ->
          ok.apply(
              "{\"region\":\"us-west-2\",\"accountId\":\"123456789012\",\"instanceId\":\"i-0abc\"}");
      case PARTITION -> ok.apply(partition);
      case "/latest/meta-data/services/domain" -> ok.apply("amazonaws.com");
      case ROLES -> ok.apply("node-role");
      case ROLES + "node-role" ->
          ok.apply(
              "{\"AccessKeyId\":\"ASIAROLE\",\"SecretAccessKey\":\"s\",\"Token\":\"T\",\"Expiration\":\""
                  + expiration
                  + "\"}");
      default -> new Answer(404, "");
    };
  }

  private Ec2Metadata metadata(boolean versionOneDisabled) {
    return new Ec2Metadata(server.url(), versionOneDisabled, pauses::add);
  }

  private static final class TurnedClock extends Clock {
    private Instant now;

    TurnedClock(Instant now) {
      this.now = now;
    }

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
