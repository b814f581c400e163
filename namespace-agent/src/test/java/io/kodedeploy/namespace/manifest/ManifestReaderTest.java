package io.kodedeploy.namespace.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestReaderTest {
  private static final String CONFIG_MAP =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings}
      data: {colour: blue}
      """;

  private static List<ManifestObject> read(String text) {
    return ManifestReader.read(List.of(new ManifestFile("deploy/app.yaml", text)), "shop");
  }

  @Test
  void readsEveryDocumentAndTheLineItBeginsAt() {
    var objects =
        read("# first\n" + CONFIG_MAP + "---\n---\n" + CONFIG_MAP.replace("settings", "more"));

    assertThat(objects)
        .extracting(ManifestObject::toString)
        .containsExactly(
            "ConfigMap/shop/settings (deploy/app.yaml:2)",
            "ConfigMap/shop/more (deploy/app.yaml:8)");
  }

  @Test
  void readsJsonAndExpandsLists() {
    var objects =
        read(
            """
            {"apiVersion": "v1", "kind": "List", "items": [
              {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}},
              {"apiVersion": "v1", "kind": "ConfigMapList", "items": [
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "inner"}}]}]}
            """);

    assertThat(objects)
        .extracting(object -> object.key().toString())
        .containsExactly("Service/shop/web", "ConfigMap/shop/inner");
  }

  @Test
  void setsTheNamespaceAndLeavesOutWhatOnlyServersWrite() {
    var object =
        read("""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: a, namespace: shop, resourceVersion: "7", uid: x, managedFields: []}
        status: {phase: old}
        """)
            .getFirst();

    assertThat(object.json().toString())
        .isEqualTo(
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\","
                + "\"metadata\":{\"name\":\"a\",\"namespace\":\"shop\"}}");
  }

  @Test
  void resolvesAnchorsAndMergeKeysWithoutOverwritingOwnKeys() {
    var object =
        read("""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: a}
        base: &base {colour: blue, size: "1"}
        data: {<<: *base, colour: red}
        """)
            .getFirst();

    assertThat(object.json().get("data").toString())
        .isEqualTo("{\"colour\":\"red\",\"size\":\"1\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          apiVersion: v1\\nkind: [            | deploy/app.yaml:2: not YAML
          kind: ConfigMap                     | deploy/app.yaml:1: missing apiVersion
          apiVersion: v1                      | deploy/app.yaml:1: missing kind
          {apiVersion: v1, kind: Pod}         | deploy/app.yaml:1: Pod: missing metadata.name
          {apiVersion: v1, kind: Pod, metadata: {generateName: a}} | generateName makes a new object
          {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: other}} | Pod/a: namespace "other", but this agent serves only "shop"
          just text                           | expected an object with apiVersion and kind
          {apiVersion: v1, kind: List, items: {}} | List: items must be a list
          {apiVersion: v1, kind: List, items: [{kind: Pod}]} | deploy/app.yaml:1: List.items[0]: missing apiVersion
          {a: 1, a: 2}                        | key "a" stands twice
          {a: .inf}                           | JSON has no such number
          {a: !env b}                         | is not known
          """)
  void saysWhereAndWhatIsWrong(String text, String expected) {
    assertThatThrownBy(() -> read(text.replace("\\n", "\n")))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST_INVALID))
        .hasMessageContaining(expected);
  }

  @Test
  void reportsEveryProblemAtOnce() {
    assertThatThrownBy(() -> read("kind: A\n---\napiVersion: v1\n---\n" + CONFIG_MAP))
        .hasMessage("deploy/app.yaml:1: missing apiVersion\ndeploy/app.yaml:3: missing kind");
  }

  @Test
  void namesBothPlacesOfADuplicate() {
    assertThatThrownBy(() -> read(CONFIG_MAP + "---\n" + CONFIG_MAP))
        .hasMessage(
            "deploy/app.yaml:6: ConfigMap/shop/settings stands twice, first at deploy/app.yaml:1");
  }

  @Test
  void refusesAnEmptySet() {
    assertThatThrownBy(() -> read("# nothing\n---\n")).hasMessage("no object in deploy/app.yaml");
  }

  @Test
  void neverQuotesTheContentOfAFileThatItCannotRead() {
    assertThatThrownBy(() -> read("data:\n  password: hunter2\n bad: [hunter2"))
        .hasMessageContaining("deploy/app.yaml:")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void boundsWhatAliasesCanGrowTo() {
    var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (var level = 1; level < 9; level++) {
      text.append("a%1$d: &a%1$d [%2$s]\n".formatted(level, ("*a" + (level - 1) + ",").repeat(10)));
    }

    assertThatThrownBy(() -> read(text.toString())).hasMessageContaining("grown too large");
  }
}
