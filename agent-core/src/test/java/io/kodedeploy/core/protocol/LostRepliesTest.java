package io.kodedeploy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kodedeploy.core.conformance.ScriptedServer;
import io.kodedeploy.core.conformance.ScriptedServer.Answer;
import io.kodedeploy.core.conformance.ScriptedServer.Request;
import io.kodedeploy.core.conformance.Settings;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The service hears a call, and its answer is lost, late or a refusal. */
class LostRepliesTest {
  private static final String GONE =
      "{\"__type\":\"ClientException\",\"message\":\"the command is no longer known\"}";

  @TempDir Path directory;
  private final ScriptedServer server = new ScriptedServer();
  private final WireClient wire = new WireClient();

  /** Every call, with how often it is sent when its first answer is lost. */
  enum Call {
    POLL(1),
    SPECIFICATION(2),
    ACKNOWLEDGE(2),
    COMPLETE(2);

    private final int sent;

    Call(int sent) {
      this.sent = sent;
    }

    private void on(CommandService service) throws InterruptedException {
      switch (this) {
        case POLL -> service.poll();
        case SPECIFICATION -> service.specification("a/b/c/d");
        case ACKNOWLEDGE -> service.acknowledge("id", false);
        case COMPLETE -> service.complete("id", Diagnostics.succeeded(""));
      }
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void repeatsTheIdenticalCallButNeverAPoll(Call call) throws Exception {
    server.answer(once(new Answer(0, ""), new Answer(200, "{}")));

    try {
      call.on(client());
    } catch (AgentException e) {
      assertThat(call).isEqualTo(Call.POLL);
      assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_UNREACHABLE);
    }

    assertThat(server.requests()).hasSize(call.sent);
    assertThat(server.requests().stream().map(Request::body).distinct()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void sendsNothingWhileAThrottlingAnswerToAnyCallKeepsTheGateShut(Call call) throws Exception {
    server.answer(
        once(new Answer(400, "{\"__type\":\"ThrottlingException\"}"), new Answer(200, "{}")));
    var client = client();
    var before = wire.now;
    try {
      call.on(client);
    } catch (AgentException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_THROTTLED);
    }

    client.poll();

    assertThat(Duration.between(before, wire.now)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    assertThat(wire.calls.getFirst()).endsWith("ThrottlingException");
    assertThat(wire.calls.subList(1, wire.calls.size())).allMatch(c -> c.endsWith(" ok"));
  }

  @ParameterizedTest
  @EnumSource
  void bearsAStormOfServerErrors(Call call) {
    server.answer(500, "<html>Internal Server Error</html>");

    var failure = catchThrowableOfType(AgentException.class, () -> call.on(client()));

    assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_ERROR);
    assertThat(server.requests()).hasSizeLessThanOrEqualTo(5);
    assertThat(wire.pauses.stream().reduce(Duration.ZERO, Duration::plus))
        .isLessThanOrEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void takesARefusedRepetitionForAReportThatHasArrived() throws Exception {
    var accepted = new ArrayList<String>();
    server.answer(
        request -> {
          if (!accepted.isEmpty()) {
            return new Answer(400, GONE);
          }
          accepted.add(request.body());
          return new Answer(0, "");
        });

    client().complete("id", Diagnostics.succeeded(""));

    assertThat(accepted).hasSize(1);
    assertThat(wire.calls)
        .containsExactly(
            "PutHostCommandComplete unreachable", "PutHostCommandComplete ClientException");
  }

  @Test
  void aReportThatIsRefusedAtOnceHasNotArrived() {
    server.answer(400, GONE);

    var failure =
        catchThrowableOfType(
            AgentException.class, () -> client().complete("id", Diagnostics.succeeded("")));

    assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_REFUSED);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void aReportThatWasThrottledAndThenRefusedHasNotArrived() {
    server.answer(once(new Answer(429, ""), new Answer(400, GONE)));

    var failure =
        catchThrowableOfType(
            AgentException.class, () -> client().complete("id", Diagnostics.succeeded("")));

    assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_REFUSED);
  }

  @Test
  void eachHostHasItsOwnGate() throws Exception {
    var other = new WireClient();
    server.answer(once(new Answer(429, ""), new Answer(200, "{}")));
    var _ = catchThrowableOfType(AgentException.class, client()::poll);

    other.open(directory, server.url(), Settings.identity(), "").poll();

    assertThat(other.pauses).isEmpty();
  }

  private static java.util.function.Function<Request, Answer> once(Answer first, Answer then) {
    var count = new AtomicInteger();
    return _ -> List.of(first, then).get(Math.min(1, count.getAndIncrement()));
  }

  private CommandServiceClient client() {
    return wire.open(directory, server.url(), Settings.identity(), "");
  }
}
