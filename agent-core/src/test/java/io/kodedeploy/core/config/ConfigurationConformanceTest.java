package io.kodedeploy.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kodedeploy.core.conformance.Case;
import io.kodedeploy.core.conformance.Cases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationConformanceTest {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> configuration() {
    return Cases.of("configuration.yml", this::run);
  }

  private void run(Case given) throws Exception {
    var file = directory.resolve("codedeployagent.yml");
    Files.deleteIfExists(file);
    if (given.has("file")) {
      Files.writeString(file, given.required("file"));
    }
    if (given.has("error") || given.has("starts")) {
      var refused = catchThrowableOfType(ConfigRefused.class, () -> read(given, file));
      assertThat(refused).as(given.toString()).isNotNull();
      given
          .text("error")
          .ifPresent(
              text -> assertThat(refused).hasMessage(text.replace("%FILE%", file.toString())));
      given
          .text("starts")
          .ifPresent(
              text ->
                  assertThat(refused)
                      .hasMessageStartingWith(text.replace("%FILE%", file.toString())));
      return;
    }
    var config = read(given, file);
    var members = new HashMap<String, String>();
    for (var component : CodeDeployAgentConfig.class.getRecordComponents()) {
      members.put(component.getName(), component.getAccessor().invoke(config).toString());
    }
    given
        .map("expect")
        .forEach((name, value) -> assertThat(members).containsEntry(name, value.toString()));
  }

  private static CodeDeployAgentConfig read(Case given, Path file) {
    var config = CodeDeployAgentConfig.read(file);
    given.text("region").ifPresent(config::checkRegion);
    return config;
  }

  @Test
  void masksThePasswordOfTheProxy() throws Exception {
    var file = directory.resolve("codedeployagent.yml");
    Files.writeString(file, "proxy_uri: http://user:secret@proxy.internal:3128\n");

    var config = CodeDeployAgentConfig.read(file);

    assertThat(config.effective())
        .contains(
            new EffectiveSetting("proxy_uri", "http://***@proxy.internal:3128", file.toString()));
    assertThat(config.effective().toString()).doesNotContain("secret");
  }
}
