package io.kodedeploy.namespace.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.config.SettingsReader;
import io.kodedeploy.namespace.manifest.Protection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunSettingsTest {
  @TempDir Path folder;

  private RunSettings read(String text, Map<String, String> environment) throws IOException {
    var reader =
        SettingsReader.open(
            Files.writeString(folder.resolve("agent.yml"), text), true, environment);
    var settings = RunSettings.read(reader, "shop", environment);
    assertThat(reader.finish()).isNotEmpty();
    return settings;
  }

  @Test
  void hasDefaults() throws IOException {
    assertThat(read("", Map.of()))
        .isEqualTo(
            new RunSettings(
                "shop",
                Optional.empty(),
                "IfNotPresent",
                List.of(),
                "kodedeploy-apply",
                List.of(),
                "kodedeploy-agent.shop.svc",
                "0.0.0.0",
                8081,
                List.of(Path.of("/deploy")),
                Protection.BUILT_IN));
  }

  @Test
  void readsEverySetting() throws IOException {
    var text =
        """
        run.image: agent:1
        run.image-pull-policy: Never
        run.image-pull-secrets: [a, b]
        run.service-account: other
        run.service-accounts: [builder]
        bundles.host: agent.example
        bundles.address: 127.0.0.1
        bundles.port: 9000
        install.paths: [/srv/app, /opt/app/]
        protect.accounts: [vault]
        protect.secrets: [keys]
        protect.config-maps: [conf]
        """;

    assertThat(read(text, Map.of()))
        .isEqualTo(
            new RunSettings(
                "shop",
                Optional.of("agent:1"),
                "Never",
                List.of("a", "b"),
                "other",
                List.of("builder"),
                "agent.example",
                "127.0.0.1",
                9000,
                List.of(Path.of("/srv/app"), Path.of("/opt/app")),
                Protection.BUILT_IN.with(List.of("vault"), List.of("keys"), List.of("conf"))));
  }

  @Test
  void knowsTheAddressOfItsServiceWithoutClusterNames() throws IOException {
    assertThat(read("", Map.of("KODEDEPLOY_AGENT_SERVICE_HOST", "10.96.7.7")).bundleHost())
        .isEqualTo("10.96.7.7");
  }

  @Test
  void allowsTheAccountsOfTheList() throws IOException {
    assertThat(read("run.service-accounts: [builder]", Map.of()).allowedAccounts())
        .containsExactly("builder", "kodedeploy-apply");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run.service-accounts: [builder, kodedeploy-agent]",
        "run.service-account: kodedeploy-agent",
        "{run.service-accounts: [vault], protect.accounts: [vault]}"
      })
  void letsNothingRunAsTheAgent(String text) {
    assertThatThrownBy(() -> read(text, Map.of()).allowedAccounts())
        .isInstanceOf(ConfigRefused.class)
        .hasMessageContaining("run.service-account")
        .hasMessageContaining("has an AWS identity of the agent; use kodedeploy-apply");
  }

  @Test
  void refusesTheWholeDiskAsInstallPath() {
    assertThatThrownBy(() -> read("install.paths: [/]", Map.of()))
        .isInstanceOf(ConfigRefused.class)
        .hasMessageContaining("install.paths");
  }
}
