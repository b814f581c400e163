package io.kodedeploy.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Jackson's own mapper is the reference: trees and texts must not differ from its. */
class JsonTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "\"text\"",
        "-1",
        "",
        "  ",
        "{\"a\":1,\"b\":[true,false,null,{\"c\":\"d\"}],\"e\":{}}",
        "{\"twice\":1,\"other\":2,\"twice\":3}",
        "[2147483647,2147483648,-9223372036854775809,1.5,1e400,0.1,1E3]",
        "[\"\\u0000\\u001f\\\"\\\\/\\u00e9\\ud83d\\ude00\\u2028\"]"
      })
  void readsAndWritesWhatAMapperDoes(String text) {
    var tree = Json.read(text);

    assertThat(tree).isEqualTo(MAPPER.readTree(text));
    assertThat(Json.read(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(tree);
    if (!tree.isMissingNode()) {
      assertThat(Json.write(tree)).isEqualTo(MAPPER.writeValueAsString(tree));
      assertThat(Json.pretty(tree)).isEqualTo(tree.toPrettyString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[1", "{\"a\":}", "{} {}", "1 2", "tru", "{\"a\" 1}", "<html>", "]"})
  void refusesWhatAMapperRefuses(String text) {
    assertThatThrownBy(() -> MAPPER.readTree(text)).isInstanceOf(JacksonException.class);

    assertThatThrownBy(() -> Json.read(text)).isInstanceOf(JacksonException.class);
  }

  @Test
  void refusesNestingThatWouldExhaustTheStack() {
    assertThatThrownBy(() -> Json.read("[".repeat(100_000))).isInstanceOf(JacksonException.class);
  }

  @Test
  void writesEveryKindOfNumber() {
    var tree = Json.array();
    tree.add(1).add(2L).add(3.5f).add(4.5d).add(new BigDecimal("5.50"));

    assertThat(Json.write(tree)).isEqualTo(tree.toString());
  }
}
