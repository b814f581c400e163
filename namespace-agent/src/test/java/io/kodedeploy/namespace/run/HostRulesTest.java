package io.kodedeploy.namespace.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.core.spec.AppSpecReader;
import io.kodedeploy.namespace.manifest.Protection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostRulesTest {
  private final HostRules rules =
      new HostRules(
          new RunSettings(
              "shop",
              Optional.empty(),
              "Never",
              List.of(),
              "kodedeploy-apply",
              List.of(),
              "agent",
              "127.0.0.1",
              0,
              List.of(Path.of("/deploy"), Path.of("/srv/app")),
              Protection.BUILT_IN),
          "kodedeploy");

  private static AppSpec appSpec(String more) {
    var text = "version: 0.0\nos: linux\n" + more.replace("\\n", "\n");
    return AppSpecReader.read(Path.of("appspec.yml"), text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          files: [{source: a, destination: /deploy}]
          files: [{source: a, destination: /srv/app/web/}]
          permissions: [{object: /deploy, owner: kodedeploy, mode: 755}]
          hooks: {AfterInstall: [{location: a.sh}]}
          """)
  void takesWhatAPodCanDo(String more) {
    assertThatCode(() -> rules.check(appSpec(more))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          files: [{source: a, destination: /etc/app}]                     | destination "/etc/app" is not below /deploy, /srv/app
          files: [{source: a, destination: /deploy/../etc}]               | destination "/deploy/../etc" is not below
          files: [{source: a, destination: /deployment}]                  | destination "/deployment" is not below
          permissions: [{object: /deploy, owner: www}]                    | owner "www" of /deploy
          hooks: {AfterInstall: [{location: a.sh, runas: www}]}           | kodedeploy.run: [{event: AfterInstall, image: IMAGE
          hooks: {AfterInstall: [{location: a.sh, runas: www, sudo: true}]} | hooks.AfterInstall: sudo: true
          """)
  void refusesWhatOnlyAMachineCanDo(String more, String expected) {
    assertThatThrownBy(() -> rules.check(appSpec(more)))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HOST_UNSUITED))
        .hasMessageContaining(expected);
  }

  @Test
  void findsTheFirstNameServer(@TempDir Path folder) throws IOException {
    var file =
        Files.writeString(
            folder.resolve("resolv.conf"),
            "search svc.cluster.local\nnameserver 10.96.0.10\nnameserver 10.0.0.2\n");

    assertThat(NameServer.variables(file))
        .isEqualTo(Map.of("KUBE_DNS_SERVICE_HOST", "10.96.0.10", "KUBE_DNS_SERVICE_PORT", "53"));
    assertThat(NameServer.variables(folder.resolve("none"))).isEmpty();
  }
}
