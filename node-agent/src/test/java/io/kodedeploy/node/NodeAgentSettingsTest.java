package io.kodedeploy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.command.Acceptance;
import io.kodedeploy.core.config.AgentYml;
import io.kodedeploy.core.config.AgentYml.LogLevel;
import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.node.traffic.TrafficMode;
import io.kodedeploy.node.traffic.TrafficSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeAgentSettingsTest {
  @TempDir private Path folder;

  private NodeAgentSettings read(String text, Map<String, String> environment) throws IOException {
    Path file = folder.resolve("agent.yml");
    Files.writeString(file, text);
    return NodeAgentSettings.read(file, true, environment);
  }

  @Test
  void everySettingHasADefault() {
    var settings = NodeAgentSettings.read(folder.resolve("absent.yml"), false, Map.of());

    assertThat(settings.hooks()).isFalse();
    assertThat(settings.acceptance()).isEqualTo(Acceptance.ANY);
    assertThat(settings.traffic()).isEqualTo(TrafficSettings.DEFAULTS);
    assertThat(settings.kubeconfig()).isEmpty();
    assertThat(settings.stateFolder(Path.of("/var/lib/kodedeploy/deployment-root")))
        .isEqualTo(Path.of("/var/lib/kodedeploy/node-agent"));
    assertThat(settings.common().serverPort()).isEqualTo(8080);
  }

  @Test
  void everySettingCanBeChanged() throws IOException {
    var settings =
        read(
            """
            server.port: 18080
            server.address: 127.0.0.1
            environment: prod
            cluster: green
            bucket: bundles
            log.level: debug
            hooks: true
            accept:
              applications: [lb-app-1]
              sources: ["s3://bundles/kodedeploy-node/"]
            traffic:
              mode: manage
              poll-interval: 5s
            state-dir: /state
            kubernetes.kubeconfig: /etc/kubeconfig
            """,
            Map.of("KODEDEPLOY_TRAFFIC_MODE", "verify"));

    assertThat(settings)
        .usingRecursiveComparison()
        .ignoringFields("effective")
        .isEqualTo(
            new NodeAgentSettings(
                new AgentYml(
                    18080,
                    "127.0.0.1",
                    Optional.of("prod"),
                    Optional.of("green"),
                    Optional.of("bundles"),
                    LogLevel.DEBUG),
                true,
                new Acceptance(
                    true, List.of("lb-app-1"), List.of(), List.of("s3://bundles/kodedeploy-node/")),
                new TrafficSettings(TrafficMode.VERIFY, Optional.of(Duration.ofSeconds(5))),
                Optional.of(Path.of("/state")),
                Optional.of(Path.of("/etc/kubeconfig")),
                List.of()));
    assertThat(settings.effective()).hasSize(15);
  }

  @Test
  void aWrongKeyIsNamedTogetherWithTheOneThatWasMeant() {
    assertThatThrownBy(() -> read("traffic.mod: manage\nhoks: true\n", Map.of()))
        .isInstanceOfSatisfying(
            ConfigRefused.class,
            e ->
                assertThat(e.violations())
                    .hasSize(2)
                    .anySatisfy(v -> assertThat(v).contains("did you mean traffic.mode?"))
                    .anySatisfy(v -> assertThat(v).contains("did you mean hooks?")));
  }
}
