package io.kodedeploy.core.spec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AppSpecReaderTest {
  private static final String HEAD = "version: 0.0\nos: linux\n";

  @Test
  void refusesPermissionsOnWindows() { // AS-9
    var text = "version: 0.0\nos: windows\npermissions: [{object: /a}]\n";

    assertThatThrownBy(
            () -> AppSpecReader.read(Path.of("appspec.yml"), text.getBytes(UTF_8), "windows"))
        .hasMessageContaining("Permissions are supported only for Linux");
  }

  @Test
  void readsTheWordsOfYaml11AsBooleans() {
    var appSpec = read(HEAD + "hooks: {A: [{location: a, sudo: yes}, {location: b, sudo: off}]}\n");

    assertThat(appSpec.scripts("A")).extracting(Script::sudo).containsExactly(true, false);
  }

  @Test
  void takesAnyTextForSudoAsYes() {
    assertThat(read(HEAD + "hooks: {A: [{location: a, sudo: 'false'}]}\n").scripts("A"))
        .extracting(Script::sudo)
        .containsExactly(true);
  }

  @Test
  void takesTheLastOfTwoEqualKeys() {
    assertThat(read(HEAD + "hooks: {A: [{location: a, location: b}]}\n").scripts("A"))
        .extracting(Script::location)
        .containsExactly("b");
  }

  @Test
  void ignoresAnEventWithoutValueAndKeepsAnEmptyList() {
    assertThat(read(HEAD + "hooks: {A: , B: []}\n").hooks()).containsOnlyKeys("B");
  }

  @Test
  void resolvesAliasesAndMergedKeys() {
    var appSpec =
        read(HEAD + "hooks:\n  A: [&a {location: a, timeout: 5}]\n  B: [{<<: *a, runas: 1000}]\n");

    var script = appSpec.scripts("B").getFirst();

    assertThat(script.location()).isEqualTo("a");
    assertThat(script.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(script.runAs()).contains("1000");
  }

  @Test
  void boundsWhatAliasesMultiply() {
    var scripts = "{location: a},".repeat(5000);
    var text = new StringBuilder(HEAD + "hooks:\n  A: &a [" + scripts + "]\n");
    for (var n = 0; n < 40; n++) {
      text.append("  E").append(n).append(": *a\n");
    }

    refused(text.toString(), "more than 100000 entries");
  }

  @Test
  void refusesTooManyAliases() {
    refused(HEAD + "a: &a {}\nb: [" + "*a,".repeat(60) + "]\n", "not valid YAML");
  }

  @Test
  void refusesDeepNestingBeforeTheStackIsUsed() {
    refused(HEAD + "a: " + "[".repeat(100_000) + "\n", "nested deeper than 64 levels");
  }

  @Test
  void makesNoObjectOfATag() {
    assertThat(read(HEAD + "x: !!javax.script.ScriptEngineManager [a]\n").os()).isEqualTo("linux");
  }

  @Test
  void refusesWhatIsNotUtf8() {
    assertThatThrownBy(
            () -> AppSpecReader.read(Path.of("appspec.yml"), "os: \u00ff".getBytes(ISO_8859_1)))
        .hasMessage("appspec.yml: not encoded in UTF-8");
  }

  @Test
  void namesTheLineOfBrokenYaml() {
    refused(HEAD + "hooks: [\n", "line 4");
  }

  @Test
  void refusesAMappingInPlaceOfAList() {
    refused(
        HEAD + "files: {source: a}\n", "appspec.yml:3: files: expected a list, found a mapping");
  }

  private static AppSpec read(String text) {
    return AppSpecReader.read(Path.of("appspec.yml"), text.getBytes(UTF_8));
  }

  private static void refused(String text, String part) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(AgentException.class)
        .hasMessageContaining(part);
  }
}
