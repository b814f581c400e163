package io.kodedeploy.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.namespace.NamespaceAgentSettings.HookMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespaceAgentSettingsTest {
  private static final String SHARED =
      """
      mode: shared
      environment: test
      cluster: green
      apply.account: kodedeploy-apply
      apply.wait: 3m
      """;

  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private List<String> refused(String own) throws IOException {
    return refusedProcess(SHARED, own);
  }

  private List<String> refusedProcess(String process, String own) throws IOException {
    var agent = file("agent.yml", process);
    var shop = file("shop.yml", own);
    return catchThrowableOfType(
            ConfigRefused.class,
            () -> {
              NamespaceAgentSettings.read(agent, true, Map.of());
              NamespaceAgentSettings.ofNamespace(agent, shop, "shop", Map.of());
            })
        .violations();
  }

  @Test
  void aNamespaceHasTheSettingsOfTheProcessAndItsOwnOverThem() throws Exception {
    var agent = file("agent.yml", SHARED);
    var shop = file("shop.yml", "apply.wait: 9m\naccept.groups: [test-shop]\n");

    var settings = NamespaceAgentSettings.ofNamespace(agent, shop, "shop", Map.of());

    assertThat(settings.namespace()).isEqualTo("shop");
    assertThat(settings.applyWait()).isEqualTo(Duration.ofMinutes(9));
    assertThat(settings.applyAccount()).contains("kodedeploy-apply");
    assertThat(settings.acceptance().groups()).containsExactly("test-shop");
    assertThat(settings.hooks()).isEqualTo(HookMode.JOB);
  }

  @Test
  void aSharedAgentNeverRunsScriptsInItsContainer() throws Exception {
    assertThat(refusedProcess(SHARED + "hooks: container\n", ""))
        .anyMatch(text -> text.startsWith("hooks: container cannot be used with mode: shared"));
    assertThat(refused("hooks: container"))
        .anyMatch(text -> text.contains("hooks is a setting of the whole process"));
  }

  @Test
  void aSharedAgentNeverAppliesWithItsOwnAccount() throws Exception {
    assertThat(refusedProcess(SHARED.replaceAll("(?m)^apply.account.*\\n", ""), ""))
        .anyMatch(text -> text.startsWith("apply.account: is required with mode: shared"));
  }

  @Test
  void theFileOfANamespaceMayBeOfNoOtherNamespaceAndMayNotMoveTheProcess() throws Exception {
    assertThat(refused("namespace: pay"))
        .singleElement()
        .asString()
        .endsWith("shop.yml: namespace: is pay, the file's name says shop");
    assertThat(refused("kubernetes.kubeconfig: /tmp/other\nidentities.dir: /tmp"))
        .anyMatch(text -> text.contains("kubernetes.kubeconfig is a setting of the whole process"))
        .anyMatch(text -> text.contains("identities.dir is a setting of the whole process"));
  }

  @Test
  void anUnknownModeOrKeyIsRefused() throws Exception {
    assertThat(refusedProcess(SHARED.replace("shared", "together"), ""))
        .anyMatch(text -> text.startsWith("mode: must be perNamespace or shared"));
    assertThat(refused("apply.wiat: 1m")).anyMatch(text -> text.contains("unknown key apply.wiat"));
    assertThat(refusedProcess(SHARED + "namespace: shop\n", ""))
        .anyMatch(text -> text.startsWith("namespace: shop cannot be used with mode: shared"));
  }
}
