package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.AwsError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads members of a request. Absent and null are the same; a value of the wrong type is a {@code
 * SerializationException}.
 */
record Input(ObjectNode node) {

  private Optional<JsonNode> member(String name) {
    return node.optional(name).filter(n -> !n.isNull());
  }

  boolean has(String name) {
    return member(name).isPresent();
  }

  /** A string; empty strings count as there. */
  Optional<String> text(String name) {
    return member(name).map(n -> text(name, n));
  }

  Optional<Boolean> flag(String name) {
    return member(name)
        .map(
            n -> {
              if (!n.isBoolean()) {
                throw wrongType(name, "a boolean");
              }
              return n.booleanValue();
            });
  }

  Optional<Double> number(String name) {
    return member(name)
        .map(
            n -> {
              if (!n.isNumber()) {
                throw wrongType(name, "a number");
              }
              return n.doubleValue();
            });
  }

  Optional<Input> object(String name) {
    return member(name).map(n -> new Input(object(name, n)));
  }

  Optional<List<String>> texts(String name) {
    return list(name).map(list -> list.stream().map(n -> text(name, n)).toList());
  }

  Optional<List<Input>> objects(String name) {
    return list(name).map(list -> list.stream().map(n -> new Input(object(name, n))).toList());
  }

  /** A list of lists of structures: the tag sets. */
  Optional<List<List<Input>>> groups(String name) {
    return list(name)
        .map(
            outer ->
                outer.stream()
                    .map(
                        n ->
                            elements(name, n).stream()
                                .map(e -> new Input(object(name, e)))
                                .toList())
                    .toList());
  }

  private Optional<List<JsonNode>> list(String name) {
    return member(name).map(n -> elements(name, n));
  }

  private static List<JsonNode> elements(String name, JsonNode node) {
    if (!(node instanceof ArrayNode array)) {
      throw wrongType(name, "a list");
    }
    var list = new ArrayList<JsonNode>();
    array.forEach(list::add);
    return list;
  }

  private static String text(String name, JsonNode node) {
    if (!node.isString()) {
      throw wrongType(name, "a string");
    }
    return node.stringValue();
  }

  private static ObjectNode object(String name, JsonNode node) {
    if (!(node instanceof ObjectNode object)) {
      throw wrongType(name, "a structure");
    }
    return object;
  }

  private static AwsError wrongType(String name, String expected) {
    return AwsError.badRequest("SerializationException", name + " must be " + expected);
  }
}
