package io.kodedeploy.namespace.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.AppSpecReader;
import io.kodedeploy.namespace.manifest.Protection;
import io.kodedeploy.namespace.run.Workload.Toleration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunSectionTest {
  private static RunSection section(String run) {
    var text = "version: 0.0\nos: linux\nkodedeploy:\n" + run.indent(2);
    var appSpec = AppSpecReader.read(Path.of("appspec.yml"), text.getBytes(StandardCharsets.UTF_8));
    return RunSection.of(
        appSpec.kodedeploy().orElseThrow(),
        Set.of("kodedeploy-apply", "builder"),
        Protection.BUILT_IN);
  }

  @Test
  void givesATextToAShell() {
    var section = section("run: [{event: AfterInstall, image: a/b, command: helmfile apply}]");

    assertThat(section.entries())
        .containsExactly(
            new RunEntry(
                "AfterInstall",
                Workload.of("a/b", List.of("sh", "-c", "helmfile apply"), List.of()),
                Duration.ofMinutes(10),
                "appspec.yml:4: kodedeploy.run[0]"));
  }

  @Test
  void executesAListAsItIs() {
    var section = section("run: [{event: Install, image: a, command: [echo, 1, \"$HOME\"]}]");

    assertThat(section.in("Install").getFirst().workload().command())
        .containsExactly("echo", "1", "$HOME");
    assertThat(section.in("AfterInstall")).isEmpty();
  }

  @Test
  void readsEverySetting() {
    var section =
        section(
            """
            run:
            - event: ValidateService
              image: registry:5000/a/b@sha256:00
              command: [a]
              args: [b, c]
              timeout: 90s
              workingDir: deploy
              env: {PORT: 8080, EMPTY: ""}
              envFrom: [one, {secretRef: {name: two}}]
              runAsUser: 1000
              serviceAccountName: builder
              imagePullSecrets: [pull, {name: other}]
              resources: {requests: {cpu: 100m}, limits: {memory: 64Mi}}
              nodeSelector: {disk: ssd}
              tolerations: [{key: a, operator: Equal, value: b, effect: NoExecute, tolerationSeconds: 5}]
            """);

    assertThat(section.entries())
        .containsExactly(
            new RunEntry(
                "ValidateService",
                new Workload(
                    "registry:5000/a/b@sha256:00",
                    List.of("a"),
                    List.of("b", "c"),
                    Optional.of("deploy"),
                    Map.of("PORT", "8080", "EMPTY", ""),
                    List.of("one", "two"),
                    Optional.of(1000),
                    Optional.of("builder"),
                    List.of("pull", "other"),
                    Map.of("requests", Map.of("cpu", "100m"), "limits", Map.of("memory", "64Mi")),
                    Map.of("disk", "ssd"),
                    List.of(
                        new Toleration(
                            Optional.of("a"),
                            Optional.of("Equal"),
                            Optional.of("b"),
                            Optional.of("NoExecute"),
                            Optional.of(5)))),
                Duration.ofSeconds(90),
                "appspec.yml:5: kodedeploy.run[0]"));
  }

  @Test
  void hasNoEntriesWithoutTheKey() {
    assertThat(section("apply: [{path: a}]").entries()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          run: helmfile apply                                       | kodedeploy.run: expected a list
          run: [{image: a}]                                         | kodedeploy.run[0]: needs the key event
          run: [{event: Install}]                                   | kodedeploy.run[0]: needs the key image
          run: [{event: Instal, image: a}]                          | expected one of BeforeInstall
          run: [{event: Install, image: a, comand: b}]              | kodedeploy.run[0].comand: unknown key
          run: [{event: Install, image: "a b"}]                     | expected the reference of an image
          run: [{event: Install, image: a, command: []}]            | kodedeploy.run[0].command: must not be empty
          run: [{event: Install, image: a, timeout: 2h}]            | expected a timeout from 1s to 55m
          run: [{event: Install, image: a, env: {"A B": c}}]        | is no name of an environment variable
          run: [{event: Install, image: a, env: [A]}]               | kodedeploy.run[0].env: expected a mapping
          run: [{event: Install, image: a, env: {A: [b]}}]          | kodedeploy.run[0].env.A: expected text
          run: [{event: Install, image: a, envFrom: [B_C]}]         | expected the name of a Kubernetes object
          run: [{event: Install, image: a, runAsUser: 0}]           | expected a whole number from 1 to
          run: [{event: Install, image: a, workingDir: ../b}]       | leads outside of the bundle
          run: [{event: Install, image: a, resources: {cpu: 1}}]    | resources.cpu: unknown key
          run: [{event: Install, image: a, resources: {limits: {cpu: lots}}}] | expected a quantity such as 64Mi
          run: [{event: Install, image: a, tolerations: [{operator: Is}]}] | expected one of Exists, Equal
          run: [{event: Install, image: a, serviceAccountName: other}] | the account "other" may not be used
          """)
  void saysWhichKeyIsWrong(String text, String expected) {
    assertThatThrownBy(() -> section(text))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.APPSPEC_INVALID))
        .hasMessageStartingWith("appspec.yml:4: kodedeploy.run")
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          serviceAccountName: kodedeploy-agent                        | serviceAccountName: the account "kodedeploy-agent"
          serviceAccountName: kodedeploy-membership                   | serviceAccountName: the account "kodedeploy-membership"
          envFrom: [login, etc-codedeploy-agent-conf]                 | envFrom[1]: the Secret "etc-codedeploy-agent-conf"
          envFrom: [{secretRef: {name: kodedeploy-identities}}]       | envFrom[0].secretRef.name: the Secret "kodedeploy-identities"
          imagePullSecrets: [{name: kodedeploy-membership}]           | imagePullSecrets[0].name: the Secret "kodedeploy-membership"
          """)
  void givesNoJobTheIdentityOfTheAgent(String key, String expected) {
    assertThatThrownBy(() -> section("run: [{event: Install, image: a, " + key + "}]"))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.AGENT_PROTECTED))
        .hasMessageStartingWith("appspec.yml:4: kodedeploy.run[0]." + expected.strip());
  }
}
