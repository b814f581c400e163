package io.kodedeploy.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {
  @TempDir Path directory;

  @Test
  void hasTheDefaultsOfTheDocumentation() throws Exception {
    var settings = AgentYml.read(reader("", Map.of()));

    assertThat(settings)
        .isEqualTo(
            new AgentYml(
                8080,
                "0.0.0.0",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                AgentYml.LogLevel.INFO));
  }

  @Test
  void readsEverySetting() throws Exception {
    String text =
        """
        server: {port: 18080, address: 127.0.0.1}
        environment: demo
        cluster: blue
        bucket: bundles
        log.level: debug
        """;

    var settings = AgentYml.read(reader(text, Map.of()));

    assertThat(settings)
        .isEqualTo(
            new AgentYml(
                18080,
                "127.0.0.1",
                Optional.of("demo"),
                Optional.of("blue"),
                Optional.of("bundles"),
                AgentYml.LogLevel.DEBUG));
  }

  @Test
  void theEnvironmentWinsOverTheFileAndSaysSo() throws Exception {
    var reader = reader("server.port: 1\n", Map.of("KODEDEPLOY_SERVER_PORT", "2"));

    int port = reader.integer("server.port", 8080, 0, 65535);

    assertThat(port).isEqualTo(2);
    assertThat(reader.finish())
        .containsExactly(new EffectiveSetting("server.port", "2", "KODEDEPLOY_SERVER_PORT"));
  }

  @Test
  void collectsEveryViolation() throws Exception {
    var reader =
        reader(
            "server.port: 70000\nlog.level: loud\nclustr: blue\ncatch-up.interval: soon\n",
            Map.of("KODEDEPLOY_BUKET", "x"));
    AgentYml.read(reader);
    reader.duration(
        "catch-up.interval", Duration.ofMinutes(15), Duration.ofSeconds(1), Duration.ofDays(1));

    var refused = catchThrowableOfType(ConfigRefused.class, reader::finish);

    String file = directory.resolve("agent.yml").toString();
    assertThat(refused.violations())
        .containsExactly(
            file + ": server.port must be a whole number from 0 to 65535, found \"70000\"",
            file + ": log.level must be one of error, warn, info, debug, found \"loud\"",
            file
                + ": catch-up.interval must be a duration such as 5m, from 1s to 24h, found"
                + " \"soon\"",
            file + ": unknown key clustr; did you mean cluster?",
            "unknown environment variable KODEDEPLOY_BUKET; did you mean KODEDEPLOY_BUCKET?");
  }

  @Test
  void ignoresWhatKubernetesInjectsForAServiceOfOurName() throws Exception {
    var reader =
        reader(
            "",
            Map.of(
                "KODEDEPLOY_SERVICE_HOST", "10.0.0.1",
                "KODEDEPLOY_PORT", "tcp://10.0.0.1:80",
                "KODEDEPLOY_PORT_80_TCP_ADDR", "10.0.0.1",
                "KODEDEPLOY_NODE_AGENT_SERVICE_PORT_HTTP", "80"));
    AgentYml.read(reader);

    assertThat(reader.finish()).extracting(EffectiveSetting::origin).containsOnly("default");
  }

  @Test
  void aNamedFileMustBeThere() {
    var reader = SettingsReader.open(directory.resolve("none.yml"), true, Map.of());

    var refused = catchThrowableOfType(ConfigRefused.class, reader::finish);

    assertThat(refused.violations())
        .isEqualTo(
            List.of("the settings file " + directory.resolve("none.yml") + " does not exist"));
  }

  @Test
  void refusesAFileThatIsNoMapping() throws Exception {
    var refused = catchThrowableOfType(ConfigRefused.class, reader("- a\n", Map.of())::finish);

    assertThat(refused).hasMessageEndingWith("holds no mapping of keys to values");
  }

  @Test
  void readsTheCommandLine() {
    var options = AgentOptions.parse("--config-file", "/a.yml", "--settings", "/b.yml");

    assertThat(options).isEqualTo(new AgentOptions(Path.of("/a.yml"), Path.of("/b.yml"), true));
  }

  @Test
  void refusesAnUnknownArgument() {
    var refused =
        catchThrowableOfType(
            ConfigRefused.class, () -> AgentOptions.parse("--setings", "x", "--settings"));

    assertThat(refused.violations()).hasSize(3);
    assertThat(refused.violations().getFirst()).startsWith("unknown argument --setings; usage:");
  }

  private SettingsReader reader(String text, Map<String, String> environment) throws Exception {
    var file = directory.resolve("agent.yml");
    Files.writeString(file, text);
    return SettingsReader.open(file, false, environment);
  }
}
