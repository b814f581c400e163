package io.kodedeploy.core.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.kodedeploy.core.conformance.Mutations;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** On-premises files that were changed at random: an identity, none, or one kind of refusal. */
class OnPremisesFuzzTest {
  private static final String USER =
      """
      ---
      aws_access_key_id: AKIAEXAMPLE
      aws_secret_access_key: secret
      iam_user_arn: arn:aws:iam::123456789012:user/host-7
      region: eu-west-1
      """;
  private static final String SESSION =
      """
      :iam_session_arn: arn:aws:sts::123456789012:assumed-role/HostRole/host-7
      :aws_credentials_file: /etc/codedeploy-agent/sts/credentials
      :region: eu-west-1
      """;
  private static final List<byte[]> PIECES =
      Stream.of(
              "*a",
              "&a ",
              "!!set ",
              "? ",
              ": ",
              "- ",
              "{",
              "[",
              "\0",
              "\t",
              "'",
              "\"",
              "|\n",
              "null",
              "~",
              "/",
              "\\",
              "role_arn: arn:aws:iam::1:role/r\n",
              "iam_user_arn: x\n",
              "web_identity_token_file: \n",
              "<<: *a\n",
              "%YAML 9.9\n",
              "\uFEFF",
              "\u2029")
          .map(piece -> piece.getBytes(UTF_8))
          .toList();

  private final Logger log = (Logger) LoggerFactory.getLogger(OnPremisesIdentity.class);
  private Path file = Path.of("/");

  @BeforeTry
  void create() throws IOException {
    file = Files.createTempFile("onpremises", ".yml");
    log.setLevel(Level.OFF);
  }

  @AfterTry
  void delete() throws IOException {
    Files.deleteIfExists(file);
    log.setLevel(null); // as the root
  }

  @Property
  void readsOrRefusesAChangedUserFile(@ForAll long change) throws Exception {
    readOrRefuse(Mutations.of(USER.getBytes(UTF_8), change, PIECES));
  }

  @Property
  void readsOrRefusesAChangedSessionFile(@ForAll long change) throws Exception {
    readOrRefuse(Mutations.of(SESSION.getBytes(UTF_8), change, PIECES));
  }

  @Property
  void readsOrRefusesAnyBytes(@ForAll byte[] content) throws Exception {
    readOrRefuse(content);
  }

  static List<String> bombs() {
    var aliases = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 40; i++) {
      aliases.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    return List.of(
        aliases.toString(),
        "region: " + "[".repeat(100_000),
        "? ".repeat(100_000),
        "&a [*a]",
        "x".repeat((1 << 20) + 1));
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void boundsWhatWouldTakeTimeAndMemory(String bomb) throws Exception {
    create();
    readOrRefuse(bomb.getBytes(UTF_8));
    delete();
  }

  private void readOrRefuse(byte[] content) throws IOException {
    Files.write(file, content);
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          try {
            OnPremisesIdentity.read(file, Map.of())
                .ifPresent(identity -> assertThat(identity.arn() + identity.region()).isNotBlank());
          } catch (AgentException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.IDENTITY_INVALID);
          }
        });
  }
}
