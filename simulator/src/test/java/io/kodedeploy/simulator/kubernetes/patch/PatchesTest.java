package io.kodedeploy.simulator.kubernetes.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class PatchesTest {
  private static final JsonNode POD =
      json(
          """
          {"containers":[{"name":"a","image":"a:1","env":[{"name":"X","value":"1"}]},
                         {"name":"b","image":"b:1"}],"args":["x","y"]}\
          """);

  @Test
  void mergePatchReplacesListsAndRemovesNulls() {
    var patched = Patches.merge(POD, json("{\"containers\":[{\"name\":\"c\"}],\"args\":null}"));

    assertThat(patched).isEqualTo(json("{\"containers\":[{\"name\":\"c\"}]}"));
  }

  @Test
  void strategicPatchMergesContainersAndVariablesByName() {
    var patch =
        json(
            """
            {"$setElementOrder/containers":[{"name":"a"}],"containers":[{"name":"a",
             "env":[{"name":"Y","value":"2"}]},{"name":"b","$patch":"delete"}]}\
            """);

    assertThat(Patches.strategic(POD, patch))
        .isEqualTo(
            json(
                """
                {"containers":[{"name":"a","image":"a:1","env":[{"name":"X","value":"1"},
                 {"name":"Y","value":"2"}]}],"args":["x","y"]}\
                """));
  }

  @Test
  void jsonPatchAddsTestsAndMoves() {
    var operations =
        json(
            """
            [{"op":"test","path":"/args/0","value":"x"},{"op":"add","path":"/args/-","value":"z"},
             {"op":"move","from":"/args/0","path":"/first"},{"op":"remove","path":"/containers"}]\
            """);

    assertThat(JsonPatch.apply((ObjectNode) POD, operations))
        .isEqualTo(json("{\"args\":[\"y\",\"z\"],\"first\":\"x\"}"));
  }

  @Test
  void jsonPatchRefusesAPathThatIsNotThere() {
    var operations = json("[{\"op\":\"remove\",\"path\":\"/nowhere\"}]");

    assertThatThrownBy(() -> JsonPatch.apply((ObjectNode) POD, operations))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no such path: /nowhere");
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }
}
