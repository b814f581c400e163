package io.kodedeploy.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.json.Json;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiagnosticsTest {
  @Test
  @DisplayName("HA-334 has its four members in order")
  void hasItsFourMembersInOrder() {
    var diagnostics = new Diagnostics(DiagnosticCode.SCRIPT_FAILED, "a.sh", "m", "l\n");

    assertThat(diagnostics.payload())
        .isEqualTo(
            "{\"error_code\":4,\"script_name\":\"a.sh\",\"message\":\"m\",\"log\":\"l\\n\"}");
  }

  @Test
  @DisplayName("HA-119 words an interruption as the service knows it")
  void wordsAnInterruption() {
    assertThat(Diagnostics.afterRestart().payload())
        .isEqualTo(
            "{\"error_code\":7,\"script_name\":\"\",\"message\":\"Failed: Failing in-progress"
                + " lifecycle event after an agent restart.\",\"log\":\"\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "\u0001", "\"", "é", "😀"})
  void shortensTheLogFromItsFrontUntilItFits(String filler) {
    var diagnostics =
        new Diagnostics(
            DiagnosticCode.SCRIPT_FAILED, "a.sh", "the message", filler.repeat(9000) + "END");

    String payload = diagnostics.payload();

    assertThat(payload.length()).isBetween(Diagnostics.LIMIT - 12, Diagnostics.LIMIT);
    assertThat(payload).endsWith("END\"}").contains("\"message\":\"the message\"");
    assertThat(Json.read(payload).get("log").asString())
        .doesNotContain("\uFFFD")
        .doesNotContain("?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "\u0001", "😀"})
  void shortensTheMessageFromItsEndWhenTheLogIsGone(String filler) {
    var diagnostics =
        new Diagnostics(DiagnosticCode.UNKNOWN_ERROR, "", "BEGIN" + filler.repeat(9000), "log");

    String payload = diagnostics.payload();

    assertThat(payload.length()).isBetween(Diagnostics.LIMIT - 12, Diagnostics.LIMIT);
    assertThat(payload).contains("\"message\":\"BEGIN").endsWith("\"log\":\"\"}");
  }
}
