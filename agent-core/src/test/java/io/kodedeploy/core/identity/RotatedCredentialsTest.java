package io.kodedeploy.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kodedeploy.core.conformance.ScriptedServer;
import io.kodedeploy.core.conformance.ScriptedServer.Answer;
import io.kodedeploy.core.conformance.ScriptedServer.Request;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** Credentials of roles, by web identity, assumed and of the instance: replaced when refused. */
class RotatedCredentialsTest {
  private static final String ROLE = "arn:aws:iam::123456789012:role/host";
  private static final String ARN = "arn:aws:sts::123456789012:assumed-role/host/host-7";

  @TempDir Path directory;
  private final ScriptedServer server = new ScriptedServer();
  private final AtomicInteger handedOut = new AtomicInteger();
  private final Map<String, String> before = new HashMap<>();

  @AfterEach
  void stop() {
    before.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, value);
          }
        });
    server.close();
  }

  @Test
  void assumesTheRoleByWebIdentityWithTheSessionNameOfTheArn() throws Exception {
    var token = Files.writeString(directory.resolve("token"), "token-of-kubernetes\n");
    server.answer(request -> sts(request, "AssumeRoleWithWebIdentity"));
    var identity = session("web_identity_token_file: " + token);

    var credentials = (AwsSessionCredentials) identity.credentials().resolveCredentials();

    assertThat(credentials.accessKeyId()).isEqualTo("ASIA1");
    assertThat(server.last().body())
        .contains("RoleSessionName=host-7")
        .contains("WebIdentityToken=token-of-kubernetes");
    assertThat(identity.credentialsExpiry()).contains(Instant.parse("2999-01-01T00:00:00Z"));
  }

  @Test
  void readsTheTokenAgainForEveryCall() throws Exception {
    var token = Files.writeString(directory.resolve("token"), "of-another-account");
    server.answer(
        request ->
            request.body().contains("WebIdentityToken=right")
                ? sts(request, "AssumeRoleWithWebIdentity")
                : new Answer(
                    403,
                    "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"));
    var identity = session("web_identity_token_file: " + token);
    var failure =
        catchThrowableOfType(
            AgentException.class, () -> identity.credentials().resolveCredentials());

    Files.writeString(token, "right");

    assertThat(failure.code()).isEqualTo(ErrorCode.CREDENTIALS_UNAVAILABLE);
    assertThat(identity.credentials().resolveCredentials().accessKeyId()).isEqualTo("ASIA1");
  }

  @Test
  void assumesTheRoleAgainWhenItsCredentialsAreRefused() throws Exception {
    var token = Files.writeString(directory.resolve("token"), "first");
    server.answer(request -> sts(request, "AssumeRoleWithWebIdentity"));
    var identity = session("web_identity_token_file: " + token);
    var first = identity.credentials().resolveCredentials();
    Files.writeString(token, "second");

    assertThat(identity.renewCredentials(first)).isTrue();
    assertThat(identity.renewCredentials(first)).as("others have renewed them").isTrue();
    assertThat(identity.credentials().resolveCredentials().accessKeyId()).isEqualTo("ASIA2");
    assertThat(server.last().body()).contains("WebIdentityToken=second");
  }

  @Test
  void assumesTheRoleWithTheCredentialsOfThePod() throws Exception {
    set("aws.accessKeyId", "AKIDPOD");
    set("aws.secretAccessKey", "secret");
    server.answer(request -> sts(request, "AssumeRole"));
    var identity = session("");

    assertThat(identity.credentials().resolveCredentials().accessKeyId()).isEqualTo("ASIA1");
    assertThat(server.last().header("Authorization").orElseThrow()).contains("Credential=AKIDPOD/");
    assertThat(server.last().body()).contains("RoleSessionName=host-7");
  }

  @Test
  void saysWhichRoleCannotBeAssumed() throws Exception {
    var token = Files.writeString(directory.resolve("token"), "t");
    server.answer(
        403,
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not"
            + " you</Message></Error></ErrorResponse>");
    var identity = session("web_identity_token_file: " + token);

    var failure =
        catchThrowableOfType(
            AgentException.class, () -> identity.credentials().resolveCredentials());

    assertThat(failure.code()).isEqualTo(ErrorCode.CREDENTIALS_UNAVAILABLE);
    assertThat(failure)
        .hasMessageContaining(ROLE + " cannot be assumed as host-7")
        .hasMessageContaining("not you");
    assertThat(identity.credentialsExpiry()).isEmpty();
  }

  @Test
  void saysThatTheTokenIsMissing() throws Exception {
    var identity = session("web_identity_token_file: " + directory.resolve("none"));

    var failure =
        catchThrowableOfType(
            AgentException.class, () -> identity.credentials().resolveCredentials());

    assertThat(failure.code()).isEqualTo(ErrorCode.CREDENTIALS_UNAVAILABLE);
    assertThat(failure).hasMessageContaining("the web identity token " + directory);
  }

  @Test
  void asksTheInstanceForOthersWhenItsCredentialsAreRefused() {
    server.answer(this::instance);
    var identity = instanceRole();
    var first = identity.credentials().resolveCredentials();

    assertThat(identity.renewCredentials(first)).isTrue();
    assertThat(identity.credentials().resolveCredentials().accessKeyId()).isEqualTo("ASIA2");
  }

  @Test
  @DisplayName("HA-033 never asks the metadata service through a proxy")
  void neverAsksTheMetadataServiceThroughAProxy() throws Exception {
    server.answer(this::instance);
    var selector = ProxySelector.getDefault();
    ProxySelector.setDefault(new NoWay());
    try {
      assertThat(instanceRole().credentials().resolveCredentials().accessKeyId())
          .isEqualTo("ASIA1");
    } finally {
      ProxySelector.setDefault(selector);
    }
  }

  private HostIdentity session(String line) throws Exception {
    set("aws.endpointUrlSts", server.url().toString());
    var file =
        Files.writeString(
            directory.resolve("onpremises.yml"),
            "iam_session_arn: %s\nrole_arn: %s\nregion: eu-west-1\n%s\n"
                .formatted(ARN, ROLE, line));
    return OnPremisesIdentity.read(file, Map.of()).orElseThrow();
  }

  private HostIdentity instanceRole() {
    AwsCredentialsProvider credentials =
        new InstanceRoleCredentials(
            new Ec2Metadata(server.url(), true, _ -> {}), Clock.systemUTC());
    return new HostIdentity(
        ARN, "eu-west-1", Optional.empty(), Optional.empty(), credentials, "test");
  }

  private Answer sts(Request request, String action) {
    assertThat(request.body()).contains("Action=" + action + "&");
    int number = handedOut.incrementAndGet();
    return new Answer(
        200,
        """
        <%1$sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%1$sResult><Credentials>
        <AccessKeyId>ASIA%2$d</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>T%2$d</SessionToken>
        <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></%1$sResult></%1$sResponse>
        """
            .formatted(action, number));
  }

  private Answer instance(Request request) {
    return switch (request.path()) {
      case "/latest/api/token" -> new Answer(200, "token");
      case "/latest/meta-data/iam/security-credentials/" -> new Answer(200, "host");
      default ->
          new Answer(
              200,
              """
              {"AccessKeyId": "ASIA%d", "SecretAccessKey": "s", "Token": "t", "Expiration": "2999-01-01T00:00:00Z"}
              """
                  .formatted(handedOut.incrementAndGet()));
    };
  }

  private void set(String property, String value) {
    before.put(property, Optional.ofNullable(System.setProperty(property, value)).orElse(""));
  }

  /** Sends everything to a proxy that is not there. */
  private static final class NoWay extends ProxySelector {
    @Override
    public List<Proxy> select(URI uri) {
      throw new AssertionError("a proxy was looked for: " + uri);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {
      throw new AssertionError(uri.toString(), e);
    }
  }
}
