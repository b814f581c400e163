package io.kodedeploy.namespace.manifest;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What a scalar without quotes means, by the rules of kubectl (sigs.k8s.io/yaml, that is YAML 1.1
 * as go-yaml v2 reads it): a bundle must mean the same to both.
 */
final class PlainScalar {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> TRUE =
      Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSE =
      Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Pattern INTEGER =
      Pattern.compile("([-+]?)(?:(0[xX])([0-9a-fA-F]+)|(0[bB])([01]+)|(0[oO]?)([0-7]+)|([0-9]+))");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?");
  private static final Pattern NO_JSON = Pattern.compile("[-+]?\\.(?:inf|Inf|INF|nan|NaN|NAN)");

  private PlainScalar() {}

  /** The value, or nothing when JSON has no such value (infinity and "not a number"). */
  static Optional<JsonNode> resolve(String text) {
    if (NULLS.contains(text)) {
      return Optional.of(JSON.nullNode());
    }
    if (TRUE.contains(text)) {
      return Optional.of(JSON.booleanNode(true));
    }
    if (FALSE.contains(text)) {
      return Optional.of(JSON.booleanNode(false));
    }
    if (NO_JSON.matcher(text).matches()) {
      return Optional.empty();
    }
    return Optional.of(number(text).orElseGet(() -> JSON.stringNode(text)));
  }

  private static Optional<JsonNode> number(String text) {
    var digits = text.replace("_", "");
    var integer = INTEGER.matcher(digits);
    if (!text.startsWith("_") && integer.matches()) {
      var sign = integer.group(1).equals("-") ? "-" : "";
      if (integer.group(2) != null) {
        return Optional.of(integer(sign + integer.group(3), 16));
      }
      if (integer.group(4) != null) {
        return Optional.of(integer(sign + integer.group(5), 2));
      }
      if (integer.group(6) != null) {
        return Optional.of(integer(sign + integer.group(7), 8));
      }
      return Optional.of(integer(sign + integer.group(8), 10));
    }
    if (!text.startsWith("_") && FLOAT.matcher(digits).matches()) {
      return Optional.of(JSON.numberNode(new BigDecimal(digits)));
    }
    return Optional.empty();
  }

  private static JsonNode integer(String digits, int radix) {
    var value = new BigInteger(digits, radix);
    return value.bitLength() < Long.SIZE
        ? JSON.numberNode(value.longValueExact())
        : JSON.numberNode(value);
  }
}
