package io.kodedeploy.core.spec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.kodedeploy.core.conformance.Mutations;
import io.kodedeploy.core.conformance.SigningKey;
import io.kodedeploy.core.conformance.Specifications;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Specifications whose envelope or content was changed at random. What is accepted is what was
 * signed; all else is refused by its code.
 */
class SpecificationFuzzTest {
  private static final Duration NEVER = Duration.ofSeconds(60);
  private static final String JSON = Specifications.json(Map.of());
  private static final String PEM = SigningKey.sign(JSON);
  private static final byte[] DER =
      Base64.getDecoder().decode(PEM.replaceAll("-----.*-----|\\s", ""));
  private static final List<byte[]> DER_PIECES =
      Stream.of(
              "\60\200",
              "\0\0",
              "\44\200",
              "\4\204\177\377\377\377",
              "\60\204\177\377\377\377",
              "\240\200",
              "\61\0",
              "\2\1\0",
              "\6\1\0",
              "\5\0",
              "\3\1\0")
          .map(piece -> piece.getBytes(ISO_8859_1))
          .toList();
  private static final List<byte[]> PEM_PIECES =
      Stream.of("-----BEGIN CMS-----", "-----END PKCS7-----", "=", "\n", " ", "AAAA", "\0", "é")
          .map(piece -> piece.getBytes(UTF_8))
          .toList();
  private static final List<byte[]> JSON_PIECES =
      Stream.of(
              "null",
              "\"\"",
              "{}",
              "[]",
              "1e999999999",
              "-",
              "\\u0000",
              "\"DeploymentId\":\"..\",",
              "\"GitHub\"",
              "\"S3\"",
              "\"Local File\"",
              "arn:::::/",
              "true",
              "\\ud800",
              "/../",
              ",")
          .map(piece -> piece.getBytes(UTF_8))
          .toList();

  @Property
  void acceptsOfAChangedEnvelopeOnlyWhatWasSigned(@ForAll long change) {
    opensOrRefuses(new String(Mutations.of(DER, change, DER_PIECES), ISO_8859_1));
  }

  @Property
  void acceptsOfAChangedTextOnlyWhatWasSigned(@ForAll long change) {
    opensOrRefuses(new String(Mutations.of(PEM.getBytes(UTF_8), change, PEM_PIECES), UTF_8));
  }

  @Property
  void refusesAnyOtherBytes(@ForAll byte[] payload) {
    opensOrRefuses(new String(payload, ISO_8859_1));
  }

  @Property
  void readsOrRefusesChangedContent(@ForAll long change) {
    var json = new String(Mutations.of(JSON.getBytes(UTF_8), change, JSON_PIECES), UTF_8);
    assertTimeoutPreemptively(
        NEVER,
        () -> {
          try {
            var spec = DeploymentSpecReader.readUnsigned(json);
            assertThat(List.of(spec.deploymentId(), spec.deploymentGroupId()))
                .noneMatch(id -> id.isEmpty() || id.contains("/") || id.equals(".."));
            assertThat(spec.appSpecFilename()).doesNotStartWith("/").doesNotStartWith("../");
          } catch (AgentException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.SPECIFICATION_INVALID);
          }
        });
  }

  static List<String> bombs() {
    return List.of(
        "\60\200".repeat(1_000_000),
        "\44\200".repeat(1_000_000),
        "\60\204\177\377\377\377",
        "\60\210\177\377\377\377\377\377\377\377",
        "-----BEGIN PKCS7-----" + "A".repeat(3_000_000) + "-----END PKCS7-----",
        "-----BEGIN PKCS7-----" + " ".repeat(3_000_000),
        PEM.repeat(500),
        new String(DER, ISO_8859_1) + "\0".repeat(3_000_000));
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void boundsWhatWouldTakeTimeAndMemory(String payload) {
    opensOrRefuses(payload);
  }

  private static void opensOrRefuses(String payload) {
    assertTimeoutPreemptively(
        NEVER,
        () -> {
          try {
            assertThat(new String(SignedContent.open(payload), UTF_8)).isEqualTo(JSON);
          } catch (AgentException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.SPECIFICATION_UNTRUSTED);
            assertThat(e).hasMessage("Deployment specification signature could not be verified");
          }
        });
  }
}
