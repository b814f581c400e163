package io.kodedeploy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kodedeploy.core.conformance.RawServer;
import io.kodedeploy.core.conformance.ScriptedServer;
import io.kodedeploy.core.conformance.ScriptedServer.Answer;
import io.kodedeploy.core.conformance.Settings;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.net.HttpURLConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are no answers. Each fails its call with a code, in bounded time and memory. */
class BadAnswersTest {
  @TempDir Path directory;
  private final WireClient wire = new WireClient();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>It works!</html>",
        "{\"HostCommand\":{\"HostCommandIdentifier\":",
        "[1]",
        "\"text\"",
        "null",
        "{\"HostCommand\":{}} trailing }",
        "\u0000\u0001\u0002"
      })
  void refusesABodyThatIsNoObject(String body) {
    try (var server = new ScriptedServer()) {
      server.answer(200, body);
      var client = wire.open(directory, server.url(), Settings.identity(), "");

      var failure = catchThrowableOfType(AgentException.class, client::poll);

      assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_ERROR);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"HostCommand\":\"text\"}",
        "{\"HostCommand\":[{}]}",
        "{\"HostCommand\":{\"CommandName\":{\"a\":1},\"HostIdentifier\":[1],\"Nonce\":1e999999999}}",
        "{\"HostCommand\":{\"CommandName\":null,\"DeploymentExecutionId\":7.5e3}}"
      })
  void bearsMembersOfOtherTypes(String body) throws Exception {
    try (var server = new ScriptedServer()) {
      server.answer(200, body);
      var client = wire.open(directory, server.url(), Settings.identity(), "");

      client.poll().ifPresent(command -> assertThat(command.commandName()).isEmpty());

      assertThat(wire.calls).containsExactly("PollHostCommand ok");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"HostCommand\":{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"Hos\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "\r\n\r\n\r\n"
      })
  void takesABrokenAnswerForNone(String bytes) {
    try (var server = new RawServer(bytes, Duration.ZERO)) {
      var client = wire.open(directory, server.url(), Settings.identity(), "");

      var failure = catchThrowableOfType(AgentException.class, client::poll);

      assertThat(failure.code())
          .isIn(ErrorCode.SERVICE_UNREACHABLE, ErrorCode.SERVICE_ERROR, ErrorCode.SERVICE_REFUSED);
    }
  }

  @Test
  void refusesAnAnswerOfMoreThanFourMebibytes() {
    try (var server = new ScriptedServer()) {
      server.answer(200, "{\"a\":\"" + "x".repeat(4 << 20) + "\"}");
      var client = wire.open(directory, server.url(), Settings.identity(), "");

      var failure = catchThrowableOfType(AgentException.class, client::poll);

      assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_UNREACHABLE);
      assertThat(failure).hasMessageContaining("larger than 4194304 bytes");
    }
  }

  @Test
  void refusesAnAnswerThatIsNestedTooDeeply() {
    try (var server = new ScriptedServer()) {
      server.answer(200, "{\"a\":".repeat(200_000));
      var client = wire.open(directory, server.url(), Settings.identity(), "");

      var failure = catchThrowableOfType(AgentException.class, client::poll);

      assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_ERROR);
    }
  }

  @Test
  void followsNoRedirect() {
    try (var server = new ScriptedServer()) {
      server.answer(
          _ -> new Answer(307, "", Map.of("Location", server.url() + "/elsewhere"), false));
      var client = wire.open(directory, server.url(), Settings.identity(), "");

      var failure = catchThrowableOfType(AgentException.class, client::poll);

      assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_REFUSED);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\n"
            + "X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{                                          "
      })
  void givesUpAnAnswerThatComesInDrops(String bytes) {
    try (var server = new RawServer(bytes + " ".repeat(10_000), Duration.ofMillis(20))) {
      var limit = Duration.ofMillis(700);
      var transport =
          new HttpTransport(server.url(), limit, limit, Optional.empty(), Optional.empty());

      var failure =
          catchThrowableOfType(
              AgentException.class, () -> transport.post(Map.of(), new byte[] {'}'}, _ -> {}));

      assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_UNREACHABLE);
    }
  }

  /**
   * The default limit allows a poll of 62 seconds: the service is held back for as long as the
   * property {@code conformance.hold} says, in seconds, and the connection's limit is looked at.
   */
  @Test
  @DisplayName("HA-031 waits for a poll that the service holds")
  void waitsForAPollThatTheServiceHolds() throws Exception {
    var hold = Duration.ofSeconds(Long.getLong("conformance.hold", 0));
    try (var server = new ScriptedServer();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      server.answer(
          _ -> {
            LockSupport.parkNanos(hold.toNanos());
            return new Answer(200, "{}");
          });
      var config = Settings.agent(directory, "");
      var opened = new AtomicReference<HttpURLConnection>();
      var transport =
          HttpTransport.to(server.url(), config.readTimeout(), config.proxy(), Map.of());

      var poll = threads.submit(() -> transport.post(Map.of(), new byte[] {'{', '}'}, opened::set));

      assertThat(poll.get().status()).isEqualTo(200);
      assertThat(opened.get().getReadTimeout()).isEqualTo(80_000);
    }
  }
}
