package io.kodedeploy.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the official file says: it is read, or refused with reasons. */
class ConfigurationFuzzTest {
  private static final List<String> KEYS =
      List.of(
          "program_name",
          "log_dir",
          "pid_dir",
          "root_dir",
          "on_premises_config_file",
          "wait_between_runs",
          "max_revisions",
          "children",
          "proxy_uri",
          "deploy_control_endpoint",
          "kill_agent_max_wait_time_seconds",
          "archive_max_extraction_size",
          "ongoing_deployment_tracking",
          "user",
          "group",
          "verbose",
          "restrict_log_dir_permissions",
          "disable_core_dumps",
          "plugins");

  @Property(tries = 500)
  void anyTextIsReadOrRefused(@ForAll String text) {
    readOrRefused(text);
  }

  @Property(tries = 500)
  void anyValueOfAKnownKeyIsReadOrRefused(@ForAll("documents") String text) {
    readOrRefused(text);
  }

  @Provide
  Arbitrary<String> documents() {
    Arbitrary<String> value =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(20).map(ConfigurationFuzzTest::quoted),
            Arbitraries.of(
                "",
                "~",
                "[1, 2]",
                "{a: b}",
                "-1",
                "0x10",
                "1e9",
                "99999999999999999999",
                ".nan",
                "2026-01-01",
                "!!binary aGk=",
                "!!set {a}",
                "&a [*a]",
                "\"\\0\"",
                "http://",
                "no",
                "'http://u:p@h:1/x'",
                "|\n  a\n  b"));
    Arbitrary<String> line =
        Arbitraries.of(KEYS)
            .flatMap(
                key -> value.map(text -> (key.length() % 2 == 0 ? ":" : "") + key + ": " + text));
    return line.list().ofMaxSize(6).map(lines -> String.join("\n", lines) + "\n");
  }

  private static String quoted(String text) {
    return text.chars()
        .mapToObj(c -> "\\u%04x".formatted(c))
        .collect(Collectors.joining("", "\"", "\""));
  }

  private static void readOrRefused(String text) {
    try {
      var config = CodeDeployAgentConfig.parse(text, "fuzz");
      assertThat(config.rootDirectory().isAbsolute()).isTrue();
      assertThat(config.processRules().pidDirectory().isAbsolute()).isTrue();
      assertThat(config.trackingDirectory()).doesNotContain("/", "\0");
      assertThat(config.maxRevisions()).isPositive();
    } catch (ConfigRefused e) {
      assertThat(e.violations()).isNotEmpty().allMatch(line -> !line.isBlank());
    }
  }

  @Property(tries = 300)
  void anyAgentYmlIsReadOrRefused(
      @ForAll("documents") String text, @ForAll("variables") Map<String, String> environment) {
    Path file;
    try {
      file = Files.createTempFile("agent", ".yml");
      Files.writeString(file, text);
      var reader = SettingsReader.open(file, true, environment);
      Files.delete(file);
      AgentYml.read(reader);
      reader.finish();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (ConfigRefused e) {
      assertThat(e.violations()).isNotEmpty();
    }
  }

  @Provide
  Arbitrary<Map<String, String>> variables() {
    return Arbitraries.maps(
            Arbitraries.of(
                "KODEDEPLOY_SERVER_PORT", "KODEDEPLOY_LOG_LEVEL", "KODEDEPLOY_X", "PATH"),
            Arbitraries.strings().ofMaxLength(8))
        .ofMaxSize(3);
  }
}
