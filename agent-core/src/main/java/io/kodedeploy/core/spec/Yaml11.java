package io.kodedeploy.core.spec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.Schema;

/**
 * The scalar types of YAML 1.1 as libyaml reads them (host-agent.md 8.2), on an engine that speaks
 * 1.2. Nothing is ever constructed from a tag: nodes are read, objects are not made.
 */
final class Yaml11 implements Schema, ScalarResolver {
  /** No number is longer; the patterns would use the stack, sexagesimals a square of time. */
  private static final int LONGEST_NUMBER = 100;

  private static final Pattern NULL = Pattern.compile("~|null|Null|NULL|");
  private static final Pattern TRUE = Pattern.compile("yes|Yes|YES|true|True|TRUE|on|On|ON");
  private static final Pattern FALSE = Pattern.compile("no|No|NO|false|False|FALSE|off|Off|OFF");
  private static final Pattern INTEGER =
      Pattern.compile(
          "[-+]?(?:0b[01_]+|0[0-7_]*|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)");
  private static final Pattern FLOAT =
      Pattern.compile(
          "[-+]?(?:[0-9][0-9_]*\\.[0-9_]*|\\.[0-9_]+)(?:[eE][-+][0-9]+)?"
              + "|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\\.[0-9_]*"
              + "|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)");

  @Override
  public ScalarResolver getScalarResolver() {
    return this;
  }

  @Override
  public Map<Tag, ConstructNode> getSchemaTagConstructors() {
    return Map.of();
  }

  @Override
  public Tag resolve(String text, Boolean implicit) {
    if (!implicit || text.length() > LONGEST_NUMBER) {
      return Tag.STR;
    }
    if (NULL.matcher(text).matches()) {
      return Tag.NULL;
    }
    if (TRUE.matcher(text).matches() || FALSE.matcher(text).matches()) {
      return Tag.BOOL;
    }
    if (INTEGER.matcher(text).matches()) {
      return Tag.INT;
    }
    if (FLOAT.matcher(text).matches()) {
      return Tag.FLOAT;
    }
    return text.equals("<<") ? Tag.MERGE : Tag.STR;
  }

  static boolean isNull(Node node) {
    return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
  }

  static Optional<Boolean> bool(Node node) {
    return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)
        ? Optional.of(TRUE.matcher(scalar.getValue()).matches())
        : Optional.empty();
  }

  static Optional<BigInteger> integer(Node node) {
    return node instanceof ScalarNode scalar
            && scalar.getTag().equals(Tag.INT)
            && INTEGER.matcher(scalar.getValue()).matches()
        ? Optional.of(integer(scalar.getValue()))
        : Optional.empty();
  }

  /** The value of an integer or float; absent for anything else and for infinities. */
  static Optional<BigDecimal> number(Node node) {
    var integer = integer(node);
    if (integer.isPresent()) {
      return integer.map(BigDecimal::new);
    }
    if (!(node instanceof ScalarNode scalar) || !scalar.getTag().equals(Tag.FLOAT)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new BigDecimal(scalar.getValue().replace("_", "")));
    } catch (NumberFormatException notFinite) {
      return Optional.empty(); // .inf, .nan and sexagesimal floats
    }
  }

  private static BigInteger integer(String text) {
    var negative = text.startsWith("-");
    var digits = text.replace("_", "");
    if (negative || digits.startsWith("+")) {
      digits = digits.substring(1);
    }
    BigInteger value;
    if (digits.startsWith("0b")) {
      value = magnitude(digits.substring(2), 2);
    } else if (digits.startsWith("0x")) {
      value = magnitude(digits.substring(2), 16);
    } else if (digits.contains(":")) {
      value = BigInteger.ZERO;
      for (var part : digits.split(":", -1)) {
        value = value.multiply(BigInteger.valueOf(60)).add(new BigInteger(part));
      }
    } else {
      value = magnitude(digits, digits.startsWith("0") ? 8 : 10);
    }
    return negative ? value.negate() : value;
  }

  private static BigInteger magnitude(String digits, int radix) {
    return digits.isEmpty() ? BigInteger.ZERO : new BigInteger(digits, radix);
  }
}
