package io.kodedeploy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.kodedeploy.core.conformance.ScriptedServer;
import io.kodedeploy.core.conformance.ScriptedServer.Answer;
import io.kodedeploy.core.conformance.ScriptedServer.Request;
import io.kodedeploy.core.conformance.Settings;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.identity.OnPremisesIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A host whose clock is wrong, and credentials that expire, change, come and go. */
class ClockAndCredentialsTest {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  @TempDir Path directory;
  private final ScriptedServer server = new ScriptedServer();
  private final WireClient wire = new WireClient();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(ServiceClock.class);

  @BeforeEach
  void listen() {
    log.start();
    logger.setLevel(Level.WARN);
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
    logger.setLevel(null); // as the root
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RequestTimeTooSkewed", "InvalidSignatureException", "RequestExpired"})
  void signsWithTheTimeOfTheServiceWhenItsOwnIsWrong(String type) throws Exception {
    server.answer(request -> inTime(request) ? new Answer(200, "{}") : refusal(403, type));
    wire.now = Instant.now().minus(Duration.ofHours(7));
    var client = wire.open(directory, server.url(), Settings.identity(), "");

    client.poll();
    client.poll();
    client.acknowledge("id", false);

    assertThat(wire.calls)
        .containsExactly(
            "PollHostCommand " + type,
            "PollHostCommand ok",
            "PollHostCommand ok",
            "PutHostCommandAcknowledgement ok");
    assertThat(log.list).hasSize(1);
    assertThat(log.list.getFirst().getKeyValuePairs().toString()).contains("differenceSeconds");
  }

  @Test
  void correctsItsTimeAgainWhenTheClockIsSetRight() throws Exception {
    server.answer(
        request -> inTime(request) ? new Answer(200, "{}") : refusal(400, "RequestInTheFuture"));
    wire.now = Instant.now().plus(Duration.ofDays(300));
    var client = wire.open(directory, server.url(), Settings.identity(), "");
    client.poll();
    wire.now = Instant.now();

    client.poll();

    assertThat(wire.calls.getLast()).isEqualTo("PollHostCommand ok");
    assertThat(log.list).hasSize(2);
  }

  @Test
  void doesNotRepeatABadSignatureWhenTheClockIsRight() {
    server.answer(_ -> refusal(403, "InvalidSignatureException"));
    var client = wire.open(directory, server.url(), Settings.identity(), "");

    var failure = catchThrowableOfType(AgentException.class, client::poll);

    assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_DENIED);
    assertThat(server.requests()).hasSize(1);
    assertThat(log.list).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ExpiredTokenException", "UnrecognizedClientException", "SignatureDoesNotMatch"})
  void looksForNewerCredentialsWhenItsOwnAreRefused(String type) throws Exception {
    var file = directory.resolve("credentials");
    write(file, "AKIDOLD", "old");
    var unchanged = Files.getLastModifiedTime(file);
    var client = wire.open(directory, server.url(), session(file), "");
    client.poll();
    write(file, "AKIDNEW", "new");
    Files.setLastModifiedTime(file, unchanged); // nothing shows that the file is another one
    server.answer(
        request -> token(request).equals("new") ? new Answer(200, "{}") : refusal(403, type));

    client.poll();

    assertThat(wire.calls)
        .containsExactly("PollHostCommand ok", "PollHostCommand " + type, "PollHostCommand ok");
  }

  @Test
  void failsOnceWhenThereAreNoNewerCredentials() throws Exception {
    var file = directory.resolve("credentials");
    write(file, "AKIDOLD", "old");
    server.answer(_ -> refusal(400, "ExpiredTokenException"));
    var client = wire.open(directory, server.url(), session(file), "");

    var failure = catchThrowableOfType(AgentException.class, client::poll);

    assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_DENIED);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void takesRotatedKeysWithoutARestart() throws Exception {
    var file = directory.resolve("credentials");
    write(file, "AKIDOLD", "old");
    var client = wire.open(directory, server.url(), session(file), "");
    client.poll();
    write(file, "AKIDNEW", "new");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(2)));

    client.poll();

    assertThat(server.requests()).hasSize(2);
    assertThat(token(server.last())).isEqualTo("new");
  }

  @Test
  void takesANewKeyOfItsUserWithoutARestartAndNeverAnotherUsers() throws Exception {
    var file = directory.resolve("onpremises.yml");
    user(file, "host", "AKIDOLD", 0);
    var identity = OnPremisesIdentity.read(file, Map.of()).orElseThrow();
    var client = wire.open(directory, server.url(), identity, "");
    client.poll();

    user(file, "host", "AKIDNEW", 2);
    client.poll();
    var second = server.last();
    user(file, "somebody", "AKIDOTHER", 4);
    client.poll();
    Files.writeString(file, "iam_user_arn: [");
    client.poll();

    assertThat(second.header("Authorization").orElseThrow()).contains("Credential=AKIDNEW/");
    assertThat(server.last().header("Authorization").orElseThrow()).contains("Credential=AKIDNEW/");
  }

  private static void user(Path file, String name, String key, int later) throws Exception {
    Files.writeString(
        file,
        "iam_user_arn: arn:aws:iam::111122223333:user/%s\naws_access_key_id: %s\n"
                .formatted(name, key)
            + "aws_secret_access_key: secret\nregion: eu-west-1\n");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(later)));
  }

  @Test
  void pollsAgainAsSoonAsThereAreCredentials() throws Exception {
    var file = directory.resolve("credentials");
    var client = wire.open(directory, server.url(), session(file), "");
    var failure = catchThrowableOfType(AgentException.class, client::poll);
    write(file, "AKIDNEW", "new");

    client.poll();

    assertThat(failure.code()).isEqualTo(ErrorCode.CREDENTIALS_UNAVAILABLE);
    assertThat(server.requests()).hasSize(1);
  }

  private HostIdentity session(Path credentials) throws Exception {
    var file = directory.resolve("onpremises.yml");
    Files.writeString(
        file,
        "iam_session_arn: %s\naws_credentials_file: %s\nregion: eu-west-1\n"
            .formatted("arn:aws:sts::111122223333:assumed-role/host/h", credentials));
    return OnPremisesIdentity.read(file, Map.of()).orElseThrow();
  }

  private static void write(Path file, String key, String token) throws Exception {
    Files.writeString(
        file,
        "[default]\naws_access_key_id = %s\naws_secret_access_key = secret\naws_session_token = %s\n"
            .formatted(key, token));
  }

  private static String token(Request request) {
    return request.header("X-Amz-Security-Token").orElse("");
  }

  /** The service's own time is the real one: the server of the JDK sends it as the date. */
  private static boolean inTime(Request request) {
    var sent = DATE.parse(request.header("X-Amz-Date").orElseThrow(), Instant::from);
    return Duration.between(sent, Instant.now()).abs().compareTo(Duration.ofMinutes(5)) < 0;
  }

  private static Answer refusal(int status, String type) {
    return new Answer(status, "{\"__type\":\"" + type + "\",\"message\":\"no\"}");
  }
}
