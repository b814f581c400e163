package io.kodedeploy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kodedeploy.core.conformance.ScriptedServer;
import io.kodedeploy.core.conformance.ScriptedServer.Answer;
import io.kodedeploy.core.conformance.Settings;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against a peer over a socket. Time is turned by its own pauses. */
class CommandServiceClientTest {
  private static final String COMMAND =
      """
      {"HostCommand":{"HostCommandIdentifier":"WyJjb20u","HostIdentifier":"arn:x","DeploymentExecutionId":"a/b/c/d",
       "CommandName":"Install","Nonce":9007199254740993,"Extra":{"a":1}},"More":[1]}
      """;

  @TempDir Path directory;
  private final ScriptedServer server = new ScriptedServer();
  private final List<Duration> pauses = new ArrayList<>();
  private final List<String> calls = new ArrayList<>();
  private volatile Instant now = Instant.parse("2026-01-05T10:11:12Z");

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  @DisplayName(
      "HA-002 HA-015 HA-019 polls with the target, the content type and exactly the host's"
          + " identifier")
  void pollsAsTheWireWants() throws Exception {
    client("").poll();

    var request = server.last();
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.path()).isEqualTo("/");
    assertThat(request.header("X-Amz-Target"))
        .hasValue("CodeDeployCommandService_v20141006.PollHostCommand");
    assertThat(request.header("Content-Type")).hasValue("application/x-amz-json-1.1");
    assertThat(request.body()).isEqualTo("{\"HostIdentifier\":\"" + Settings.ARN + "\"}");
    assertThat(request.header("Authorization").orElseThrow())
        .startsWith(
            "AWS4-HMAC-SHA256"
                + " Credential=AKIDEXAMPLE/20260105/eu-west-1/codedeploy-commands/aws4_request");
  }

  @Test
  @DisplayName("HA-020 HA-021 takes no command and a null command for nothing to do")
  void takesNoCommandForNothingToDo() throws Exception {
    server.answer(200, "{}");
    var none = client("").poll();
    server.answer(200, "{\"HostCommand\":null}");

    var nothing = client("").poll();

    assertThat(none).isEmpty();
    assertThat(nothing).isEmpty();
  }

  @Test
  @DisplayName("HA-022 HA-023 ignores unknown members and reads large numbers")
  void ignoresUnknownMembers() throws Exception {
    server.answer(200, COMMAND);

    var command = client("").poll();

    assertThat(command).contains(new PolledCommand("WyJjb20u", "arn:x", "a/b/c/d", "Install"));
  }

  @Test
  @DisplayName("HA-036 reads chunked answers")
  void readsChunkedAnswers() throws Exception {
    server.answer(_ -> new Answer(200, COMMAND, Map.of(), true));

    assertThat(client("").poll()).isPresent();
  }

  @Test
  @DisplayName("HA-035 accepts a specification of 20000 characters")
  void acceptsALongSpecification() throws Exception {
    server.answer(
        200,
        "{\"DeploymentSystem\":\"CodeDeploy\",\"DeploymentSpecification\":{\"GenericEnvelope\":{\"Format\":\"PKCS7/JSON\",\"Payload\":\""
            + "x".repeat(20_000)
            + "\"}}}");

    var specification = client("").specification("a/b/c/d");

    assertThat(specification.envelope().orElseThrow().payload()).hasSize(20_000);
    assertThat(server.last().body())
        .isEqualTo(
            "{\"DeploymentExecutionId\":\"a/b/c/d\",\"HostIdentifier\":\"" + Settings.ARN + "\"}");
  }

  @Test
  @DisplayName("HA-025 acknowledges with a JSON text inside a JSON string")
  void acknowledges() throws Exception {
    server.answer(200, "{\"CommandStatus\":\"InProgress\"}");

    var status = client("").acknowledge("WyJjb20u", false);

    assertThat(status).hasValue("InProgress");
    assertThat(server.last().body())
        .isEqualTo(
            "{\"HostCommandIdentifier\":\"WyJjb20u\",\"Diagnostics\":{\"Format\":\"JSON\",\"Payload\":\"{\\\"IsCommandNoop\\\":false}\"}}");
  }

  @Test
  @DisplayName(
      "HA-026 HA-030 reports a success with four members and takes an empty answer for good")
  void reportsASuccess() throws Exception {
    server.answer(200, "");

    client("").complete("WyJjb20u", Diagnostics.succeeded(""));

    assertThat(server.last().body())
        .isEqualTo(
            "{\"HostCommandIdentifier\":\"WyJjb20u\",\"CommandStatus\":\"Succeeded\",\"Diagnostics\":{\"Format\":\"JSON\",\"Payload\":\"{\\\"error_code\\\":0,\\\"script_name\\\":\\\"\\\",\\\"message\\\":\\\"Succeeded:"
                + " \\\",\\\"log\\\":\\\"\\\"}\"}}");
  }

  @Test
  @DisplayName("HA-109 repeats the identical success report after a 500")
  void repeatsTheIdenticalReport() throws Exception {
    var count = new AtomicInteger();
    server.answer(_ -> new Answer(count.getAndIncrement() == 0 ? 500 : 200, ""));

    client("").complete("WyJjb20u", Diagnostics.succeeded(""));

    assertThat(server.requests()).hasSize(2);
    assertThat(server.requests().get(1).body()).isEqualTo(server.requests().get(0).body());
  }

  @Test
  void repeatsAReportWhoseReplyWasLost() throws Exception {
    var count = new AtomicInteger();
    server.answer(_ -> new Answer(count.getAndIncrement() == 0 ? 0 : 200, ""));

    client("").complete("WyJjb20u", Diagnostics.succeeded(""));

    assertThat(server.requests()).hasSize(2);
    assertThat(calls)
        .containsExactly("PutHostCommandComplete unreachable", "PutHostCommandComplete ok");
  }

  @Test
  void givesAReportUpAfterFiveAttemptsInTwoMinutes() {
    server.answer(500, "{}");

    var failure =
        catchThrowableOfType(
            AgentException.class, () -> client("").complete("x", Diagnostics.succeeded("")));

    assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_ERROR);
    assertThat(server.requests()).hasSize(5);
    assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus))
        .isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void doesNotRepeatWhatTheServiceRefuses() {
    server.answer(400, "{\"__type\":\"ClientException\",\"message\":\"host is not recognized\"}");

    var failure =
        catchThrowableOfType(AgentException.class, () -> client("").acknowledge("x", true));

    assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_REFUSED);
    assertThat(failure)
        .hasMessage("PutHostCommandAcknowledgement: ClientException host is not recognized");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void neverRepeatsAPoll() {
    server.answer(_ -> new Answer(0, ""));

    var failure = catchThrowableOfType(AgentException.class, () -> client("").poll());

    assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_UNREACHABLE);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  @DisplayName("HA-032 gives a silent service up after http_read_timeout")
  void givesASilentServiceUp() {
    server.answer(_ -> new Answer(-1, ""));

    var failure =
        catchThrowableOfType(AgentException.class, () -> client("http_read_timeout: 1").poll());

    assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_UNREACHABLE);
    assertThat(failure).hasMessageContaining("SocketTimeoutException");
  }

  @Test
  void aPollThatIsAbortedEndsAtOnce() throws Exception {
    server.answer(_ -> new Answer(-1, ""));
    var client = client("");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var poll = threads.submit(client::poll);
      while (server.requests().isEmpty()) {
        LockSupport.parkNanos(1_000_000);
      }

      client.abortPoll();

      assertThat(poll).failsWithin(Duration.ofSeconds(5));
    }
  }

  @Test
  void keepsAllCallsBackAfterAThrottlingAnswer() {
    server.answer(400, "{\"__type\":\"ThrottlingException\",\"Message\":\"Rate exceeded\"}");
    var client = client("");

    for (int i = 0; i < 7; i++) {
      var failure = catchThrowableOfType(AgentException.class, client::poll);
      assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_THROTTLED);
    }

    assertThat(pauses).hasSize(6);
    var seconds = List.of(1, 2, 4, 8, 16, 30);
    for (int i = 0; i < 6; i++) {
      var table = Duration.ofSeconds(seconds.get(i));
      assertThat(pauses.get(i)).isBetween(table, table.plus(table.dividedBy(4)));
    }
  }

  @Test
  @DisplayName("HA-033 goes through the proxy with basic credentials")
  void goesThroughTheProxy() throws Exception {
    try (var proxy = new ScriptedServer()) {
      client("proxy_uri: http://u:p@127.0.0.1:" + proxy.url().getPort()).poll();

      assertThat(proxy.last().path()).isEqualTo(server.url() + "/");
      assertThat(proxy.last().header("Proxy-Authorization")).hasValue("Basic dTpw");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  @DisplayName("HA-016 HA-017 takes its version from the file of an installation")
  void takesItsVersionFromAnInstallation() throws Exception {
    var root = directory.resolve("a/root");
    Files.createDirectories(root);
    var fallback = directory.resolve(".version");
    Files.writeString(fallback, "agent_version: OFFICIAL_1.7.0_deb\n");
    String first = AgentVersion.of(root, fallback);
    Files.writeString(root.resolveSibling(".version"), "agent_version: OFFICIAL_1.8.1-1902_rpm\n");

    String second = AgentVersion.of(root, fallback);

    assertThat(first).isEqualTo("OFFICIAL_1.7.0_deb");
    assertThat(second).isEqualTo("OFFICIAL_1.8.1-1902_rpm");
  }

  @Test
  @DisplayName("HA-018 sends a version of its own without an installation")
  void sendsAVersionThatComparesAsTheOfficialOneWithoutAnInstallation() {
    assertThat(AgentVersion.of(directory, directory.resolve("none")))
        .matches("OFFICIAL_1\\.8\\.1-.+");
  }

  private CommandServiceClient client(String settings) {
    return new CommandServiceClient(
        Settings.agent(directory, "deploy_control_endpoint: " + server.url() + "\n" + settings),
        Settings.identity(),
        Map.of(),
        (_, operation, code, _) -> calls.add(operation + " " + code),
        () -> now,
        duration -> {
          pauses.add(duration);
          now = now.plus(duration);
        });
  }
}
