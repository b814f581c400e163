package io.kodedeploy.namespace.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.AppSpecReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApplySectionTest {
  private static ApplySection section(String kodedeploy) {
    var text = "version: 0.0\nos: linux\nkodedeploy:\n" + kodedeploy.indent(2);
    var appSpec = AppSpecReader.read(Path.of("appspec.yml"), text.getBytes(StandardCharsets.UTF_8));
    return ApplySection.of(appSpec.kodedeploy().orElseThrow(), Duration.ofMinutes(5));
  }

  @Test
  void readsAnEntryWithItsDefaults() {
    var section = section("apply:\n- path: deploy");

    assertThat(section.prune()).isTrue();
    assertThat(section.entries())
        .containsExactly(
            new ApplyEntry(
                "deploy",
                "Install",
                Duration.ofMinutes(5),
                false,
                "appspec.yml:5: kodedeploy.apply[0].path"));
  }

  @Test
  void readsEverySetting() {
    var section =
        section(
            """
            apply:
            - {path: a, event: AfterInstall, prune: true, wait: 90s, force: true}
            - {path: b}
            """);

    assertThat(section.prune()).isTrue();
    assertThat(section.in("AfterInstall"))
        .containsExactly(
            new ApplyEntry(
                "a",
                "AfterInstall",
                Duration.ofSeconds(90),
                true,
                "appspec.yml:5: kodedeploy.apply[0].path"));
  }

  @Test
  void prunesAfterTheLastEventThatApplies() {
    var section =
        section("apply: [{path: a, event: BeforeInstall}, {path: b, event: AfterInstall}]");

    assertThat(section.isLast("BeforeInstall")).isFalse();
    assertThat(section.isLast("AfterInstall")).isTrue();
  }

  @Test
  void leavesTrafficToNodeAgents() {
    assertThat(section("traffic: {anything: [1]}").entries()).isEmpty();
  }

  @Test
  void leavesRunToItsOwnStep() {
    assertThat(section("run: [{image: a}]").entries()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          applies: []                              | kodedeploy.applies: unknown key
          apply: deploy                            | kodedeploy.apply: expected a list
          apply: [{event: Install}]                | needs the key path
          apply: [{path: a, wiat: 5m}]             | kodedeploy.apply[0].wiat: unknown key
          apply: [{path: a, wait: soon}]           | expected a duration such as 5m, found "soon"
          apply: [{path: a, wait: 0s}]             | expected a wait from 1s to 55m
          apply: [{path: a, wait: 2h}]             | expected a wait from 1s to 55m
          apply: [{path: a, event: install}]       | found "install"
          apply: [{path: a, event: ApplicationStop}] | expected one of BeforeInstall
          apply: [{path: a, prune: maybe}]         | expected true or false
          apply: [{path: a, prune: true}, {path: b, prune: false}] | prune must be the same
          """)
  void saysWhichKeyIsWrong(String text, String expected) {
    assertThatThrownBy(() -> section(text))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.APPSPEC_INVALID))
        .hasMessageStartingWith("appspec.yml:4: kodedeploy.")
        .hasMessageContaining(expected);
  }
}
