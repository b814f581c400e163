package io.kodedeploy.simulator.conformance;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares an answer with what a case expects: members that are not named do not matter, lists must
 * have the same length. Text in angle brackets is a class of values: {@code <any>}, {@code
 * <absent>}, {@code <number>}, {@code <uuid>}, {@code <contains X>}, {@code <matches X>}.
 */
final class Expectation {
  private Expectation() {}

  /** What differs, one line each; empty if the answer is as expected. */
  static List<String> differences(JsonNode expected, JsonNode actual) {
    var found = new ArrayList<String>();
    compare("", expected, actual, found);
    return found;
  }

  private static void compare(String path, JsonNode expected, JsonNode actual, List<String> found) {
    switch (expected) {
      case ObjectNode object -> {
        if (!actual.isObject()) {
          found.add(path + ": expected an object, was " + actual);
          return;
        }
        object.forEachEntry(
            (name, value) -> compare(path + "." + name, value, actual.path(name), found));
      }
      case ArrayNode array -> {
        if (!actual.isArray() || actual.size() != array.size()) {
          found.add(path + ": expected " + array + ", was " + actual);
          return;
        }
        for (int i = 0; i < array.size(); i++) {
          compare(path + "[" + i + "]", array.get(i), actual.get(i), found);
        }
      }
      default -> {
        if (!same(expected, actual)) {
          found.add(path + ": expected " + expected + ", was " + actual);
        }
      }
    }
  }

  private static boolean same(JsonNode expected, JsonNode actual) {
    if (!expected.isString() || !expected.stringValue().startsWith("<")) {
      if (expected.isNumber()) {
        return actual.isNumber() && expected.doubleValue() == actual.doubleValue();
      }
      return expected.equals(actual);
    }
    var text = expected.stringValue();
    var word = text.substring(1, text.length() - 1);
    if (word.startsWith("contains ")) {
      return actual.asString("").contains(word.substring("contains ".length()));
    }
    if (word.startsWith("matches ")) {
      return actual.asString("").matches(word.substring("matches ".length()));
    }
    return switch (word) {
      case "any" -> !actual.isMissingNode();
      case "absent" -> actual.isMissingNode();
      case "number" -> actual.isNumber();
      case "uuid" -> actual.asString("").matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
      default -> throw new IllegalArgumentException("unknown expectation " + text);
    };
  }
}
