package io.kodedeploy.core.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SpecNodeTest {

  @Test
  void readsWhatTheSectionSays() {
    var section = section("apply: [{path: deploy, prune: yes, wait: 1h30m, port: 30080}]\n");

    var entry =
        section
            .asMapping("apply")
            .required("apply")
            .asList()
            .getFirst()
            .asMapping("path", "prune", "wait", "port", "event");

    assertThat(entry.required("path").asText()).isEqualTo("deploy");
    assertThat(entry.required("prune").asBoolean()).isTrue();
    assertThat(entry.required("wait").asDuration()).isEqualTo(Duration.ofMinutes(90));
    assertThat(entry.required("port").asInteger()).isEqualTo(30080);
    assertThat(entry.optional("event")).isEmpty();
  }

  @Test
  void namesFileLineAndKeyOfAWrongValue() {
    refused(
        "apply:\n    - wait: soon\n",
        apply -> apply.asMapping("wait").required("wait").asDuration(),
        "appspec.yml:5: kodedeploy.apply[0].wait: expected a duration such as 5m, found \"soon\"");
  }

  @Test
  void refusesAKeyItDoesNotKnow() {
    refused(
        "apply:\n    - pruned: true\n",
        apply -> apply.asMapping("path", "prune"),
        "appspec.yml:5: kodedeploy.apply[0].pruned: unknown key; known are path, prune");
  }

  @Test
  void refusesAKeyGivenTwice() {
    refused(
        "apply: [{path: a, path: b}]\n",
        apply -> apply.asMapping("path"),
        "appspec.yml:4: kodedeploy.apply[0].path: given twice");
  }

  @Test
  void namesTheMappingThatLacksAKey() {
    refused(
        "apply: [{}]\n",
        apply -> apply.asMapping("path").required("path"),
        "appspec.yml:4: kodedeploy.apply[0]: needs the key path");
  }

  @Test
  void refusesNumbersBeyondTheirBounds() {
    refused(
        "apply: [{port: 70000}]\n",
        apply -> apply.asMapping("port").required("port").asInteger(1, 65535),
        "appspec.yml:4: kodedeploy.apply[0].port: expected a whole number from 1 to 65535, found"
            + " 70000");
  }

  @Test
  void refusesANumberInPlaceOfText() {
    refused(
        "apply: [{path: 1.10}]\n",
        apply -> apply.asMapping("path").required("path").asText(),
        "appspec.yml:4: kodedeploy.apply[0].path: expected text, found 1.10");
  }

  private static void refused(String yaml, Function<SpecNode, ?> reading, String message) {
    var entry = section(yaml).asMapping("apply").required("apply").asList().getFirst();

    assertThatThrownBy(() -> reading.apply(entry))
        .isInstanceOf(AgentException.class)
        .hasMessage(message);
  }

  private static SpecNode section(String yaml) {
    var text = "version: 0.0\nos: linux\nkodedeploy:\n  " + yaml;
    return AppSpecReader.read(Path.of("/x/appspec.yml"), text.getBytes(UTF_8))
        .kodedeploy()
        .orElseThrow();
  }
}
