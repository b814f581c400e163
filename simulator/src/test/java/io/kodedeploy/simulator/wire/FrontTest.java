package io.kodedeploy.simulator.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.simulator.SignedClient;
import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/** Who is let in, and the trouble that can be ordered. */
@Timeout(60)
class FrontTest {
  private static final Instant START = Instant.parse("2026-01-05T10:00:00Z");
  private static final String TARGET = "CodeDeploy_20141006.ListApplications";
  private static final byte[] BODY = "{}".getBytes(UTF_8);

  private Simulator simulator;
  private SignedClient administrator;

  @BeforeEach
  void start() {
    var caller = new Caller("arn:aws:sts::123456789012:assumed-role/r/s", "123456789012", "AROA:s");
    var temporary =
        new Credential(
            "ASIA1", "secret", Optional.of("token"), Optional.of(START.plusSeconds(900)), caller);
    simulator =
        Simulator.start(
            SimulatorSettings.onAnyPort()
                .withManualClock(START)
                .withCredentials(
                    List.of(
                        temporary,
                        user("AKIASHOP", "prod-green-shop"),
                        user("AKIAPAY", "prod-green-pay"))));
    administrator = SignedClient.administrator(simulator.url());
  }

  @AfterEach
  void stop() {
    administrator.close();
    simulator.close();
  }

  @Test
  void aWrongSecretIsRefused() throws Exception {
    var answer = administrator.as("test", "guess").call("codedeploy", TARGET, BODY);

    assertThat(answer.error()).isEqualTo("InvalidSignatureException");
  }

  @Test
  void anUnknownKeyIsToldWhichOneItIs() throws Exception {
    var answer = administrator.as("AKIANOBODY", "x").call("codedeploy", TARGET, BODY);

    assertThat(answer.error()).isEqualTo("UnrecognizedClientException");
    assertThat(answer.body().path("message").stringValue()).contains("AKIANOBODY");
  }

  @Test
  void aBodyThatWasChangedAfterSigningIsRefused() throws Exception {
    var signed = administrator.signed("codedeploy", TARGET, BODY);

    var answer = administrator.send(signed, "{\"nextToken\":\"\"}".getBytes(UTF_8));

    assertThat(answer.error()).isEqualTo("InvalidSignatureException");
  }

  @Test
  void aSignedHeaderThatWasChangedIsRefused() throws Exception {
    var signed = administrator.signed("codedeploy", TARGET, BODY);

    var answer =
        administrator.send(
            signed.copy(r -> r.putHeader("X-Amz-Target", TARGET.replace("List", "Get"))), BODY);

    assertThat(answer.error()).isEqualTo("InvalidSignatureException");
  }

  @Test
  void aRequestWithoutASignatureIsRefused() throws Exception {
    var signed = administrator.signed("codedeploy", TARGET, BODY);

    var answer = administrator.send(signed.copy(r -> r.removeHeader("Authorization")), BODY);

    assertThat(answer.error()).isEqualTo("MissingAuthenticationTokenException");
  }

  @Test
  void temporaryKeysNeedTheirTokenAndEndInTime() throws Exception {
    var bare = administrator.as("ASIA1", "secret").call("codedeploy", TARGET, BODY);
    assertThat(bare.error()).isEqualTo("UnrecognizedClientException");

    AwsCredentialsIdentity identity =
        AwsSessionCredentialsIdentity.create("ASIA1", "secret", "token");
    try (var session = new SignedClient(simulator.url(), identity)) {
      assertThat(session.call("codedeploy", TARGET, BODY).status()).isEqualTo(200);

      advance(900);

      assertThat(session.call("codedeploy", TARGET, BODY).error())
          .isEqualTo("ExpiredTokenException");
    }
  }

  @Test
  void anOrderedFaultStrikesAsOftenAsItWasOrdered() throws Exception {
    order("throttle", 2);

    assertThat(administrator.call("codedeploy", TARGET, BODY).error())
        .isEqualTo("ThrottlingException");
    assertThat(administrator.call("codedeploy", TARGET, BODY).error())
        .isEqualTo("ThrottlingException");
    assertThat(administrator.call("codedeploy", TARGET, BODY).status()).isEqualTo(200);
  }

  @Test
  void aThrottleOfARateSparesThatManyCallsASecond() throws Exception {
    var fault = Json.object().put("service", "codedeploy").put("kind", "throttle");
    fault.put("count", 100).put("perSecond", 2);
    administrator.administration("POST", "/faults", fault);

    assertThat(errors(3)).containsExactly("", "", "ThrottlingException");
    advance(1);
    assertThat(errors(3)).containsExactly("", "", "ThrottlingException");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"AKIASHOP", "arn:aws:iam::123456789012:user/prod-green-shop", "prod-green-shop"})
  void aFaultOfOneCallerSparesAllOthers(String caller) throws Exception {
    var fault = Json.object().put("kind", "throttle").put("count", 100).put("caller", caller);
    administrator.administration("POST", "/faults", fault);

    var shop = administrator.as("AKIASHOP", "secret").call("codedeploy", TARGET, BODY);
    var pay = administrator.as("AKIAPAY", "secret").call("codedeploy", TARGET, BODY);

    assertThat(shop.error()).isEqualTo("ThrottlingException");
    assertThat(pay.status()).isEqualTo(200);
    assertThat(administrator.call("codedeploy", TARGET, BODY).status()).isEqualTo(200);
  }

  private static Credential user(String key, String name) {
    var arn = "arn:aws:iam::123456789012:user/" + name;
    return Credential.longLived(key, "secret", new Caller(arn, "123456789012", "AIDA" + name));
  }

  private List<String> errors(int calls) throws InterruptedException {
    var errors = new ArrayList<String>();
    for (int i = 0; i < calls; i++) {
      errors.add(administrator.call("codedeploy", TARGET, BODY).error());
    }
    return errors;
  }

  @Test
  void anErrorIsAServersAndExpiredCredentialsAClients() throws Exception {
    order("error", 1);
    assertThat(administrator.call("codedeploy", TARGET, BODY).status()).isEqualTo(500);

    order("expired-credentials", 1);
    assertThat(administrator.call("codedeploy", TARGET, BODY).error())
        .isEqualTo("ExpiredTokenException");
  }

  @Test
  void aFaultOfAnUnknownKindIsRefused() throws Exception {
    var answer =
        administrator.administration("POST", "/faults", Json.object().put("kind", "meteor"));

    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void aResetLeavesANewAccount() throws Exception {
    administrator.codeDeploy("CreateApplication", Json.object().put("applicationName", "app"));

    var reset = administrator.administration("POST", "/reset", Json.object());

    assertThat(reset.status()).isEqualTo(204);
    var list = administrator.codeDeploy("ListApplications", Json.object());
    assertThat(list.body().path("applications").size()).isZero();
  }

  private void order(String kind, int count) throws InterruptedException {
    var fault = Json.object().put("service", "codedeploy").put("kind", kind).put("count", count);
    assertThat(administrator.administration("POST", "/faults", fault).status()).isEqualTo(201);
  }

  private void advance(int seconds) throws InterruptedException {
    var body = Json.object().put("seconds", seconds);
    assertThat(administrator.administration("POST", "/clock/advance", body).status())
        .isEqualTo(200);
  }
}
