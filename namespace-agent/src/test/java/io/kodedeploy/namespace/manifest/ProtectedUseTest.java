package io.kodedeploy.namespace.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProtectedUseTest {
  /** As agent.yml adds them. */
  private static final Protection PROTECTION =
      Protection.BUILT_IN.with(List.of("vault"), List.of("keys"), List.of("conf"));

  private static Stream<String> lines(String resource) throws IOException {
    try (InputStream file = ProtectedUseTest.class.getResourceAsStream(resource)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines().filter(line -> !line.startsWith("#")).toList().stream();
    }
  }

  static Stream<Arguments> uses() throws IOException {
    return lines("/agent-protected-cases.txt")
        .map(line -> line.split(" *\\| *", 3))
        .map(parts -> Arguments.of(parts[0], parts[1], parts[2]));
  }

  static Stream<String> names() throws IOException {
    return lines("/agent-protected-names.txt");
  }

  private static void refuse(String text) {
    var objects = ManifestReader.read(List.of(new ManifestFile("deploy/app.yaml", text)), "shop");
    ProtectedUse.refuse(PROTECTION, objects);
  }

  private static String manifest(String type, String name) {
    var words = type.split(" ", -1);
    return "apiVersion: " + words[0] + "\nkind: " + words[1] + "\nmetadata: {name: " + name + "}\n";
  }

  private static String with(String type, String rest) {
    return "{apiVersion: "
        + type.split(" ", -1)[0]
        + ", kind: "
        + type.split(" ", -1)[1]
        + ", "
        + (rest.contains("metadata: {")
            ? rest.substring(1).replace("metadata: {", "metadata: {name: own, ")
            : "metadata: {name: own}, " + rest.substring(1));
  }

  @ParameterizedTest
  @MethodSource("uses")
  void noObjectGivesAPodTheIdentityOfTheAgent(String type, String rest, String field) {
    var text = "# a comment\n" + with(type, rest);

    assertThatThrownBy(() -> refuse(text))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.AGENT_PROTECTED))
        .message()
        .startsWith("deploy/app.yaml:2: " + type.split(" ", -1)[1] + "/shop/own: " + field)
        .contains("; use ")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @MethodSource("names")
  void noObjectIsOneOfTheAgents(String line) {
    var words = line.split(" ", -1);

    assertThatThrownBy(() -> refuse(manifest(words[0] + " " + words[1], words[2])))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.AGENT_PROTECTED))
        .hasMessage(
            "deploy/app.yaml:1: "
                + words[1]
                + "/shop/"
                + words[2]
                + ": this name belongs to an object of the agent; use another name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {serviceAccountName:"
            + " kodedeploy-apply}}",
        "{apiVersion: v1, kind: Pod, metadata: {name: kodedeploy-demo}, spec: {serviceAccountName:"
            + " web}}",
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {volumes: [{name: keys, emptyDir:"
            + " {}}]}}",
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {volumes: [{name: t, projected:"
            + " {sources: [{serviceAccountToken: {path: token, audience: sts.amazonaws.com}}]}}]}}",
        "{apiVersion: v1, kind: Secret, metadata: {name: a, annotations:"
            + " {kubernetes.io/service-account.name: web}}, type:"
            + " kubernetes.io/service-account-token}",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {secretName: keys}}",
        "{apiVersion: v1, kind: Service, metadata: {name: vault-ui}}"
      })
  void everythingElseIsTheBundlesOwn(String text) {
    assertThatCode(() -> refuse(text)).doesNotThrowAnyException();
  }

  @Test
  void saysEverythingAtOnce() {
    var text =
        manifest("v1 Service", "kodedeploy-agent")
            + "---\n"
            + with(
                "v1 Pod",
                "{spec: {serviceAccountName: vault, volumes: [{secret: {secretName: keys}}]}}");

    assertThatThrownBy(() -> refuse(text))
        .message()
        .contains("app.yaml:1: Service", "app.yaml:5: Pod/shop/own: spec.serviceAccountName")
        .contains("spec.volumes[0].secret.secretName");
  }

  /** A template that is added must not make an object that a bundle may overwrite. */
  @ParameterizedTest
  @ValueSource(strings = {"namespace-agent", "membership"})
  void everyNameInTheChartsTemplatesIsProtected(String folder) throws IOException {
    var names = Pattern.compile("(?m)^  name: (kodedeploy-[a-z-]*[a-z])$");
    var templates = Path.of("..", "charts", "kodedeploy", "templates", folder);
    var found = new TreeSet<String>();
    try (var files = Files.newDirectoryStream(templates)) {
      for (var file : files) {
        names
            .matcher(Files.readString(file))
            .results()
            .map(one -> one.group(1))
            .forEach(found::add);
      }
    }

    assertThat(found)
        .isNotEmpty()
        .allSatisfy(
            name ->
                assertThatThrownBy(() -> refuse(manifest("v1 ConfigMap", name)))
                    .hasMessageContaining("belongs to an object of the agent"));
  }
}
