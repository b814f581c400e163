package io.kodedeploy.simulator.iam;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Decides whether a role may be assumed ("IAM JSON policy evaluation logic"): an explicit deny
 * wins, then an allow is needed. An operator that is not known here never holds, so that a policy
 * is not taken for more than it says.
 */
final class TrustPolicy {
  private final JsonNode document;

  private TrustPolicy(JsonNode document) {
    this.document = document;
  }

  static TrustPolicy parse(String document) {
    return new TrustPolicy(JsonMapper.shared().readTree(document));
  }

  /**
   * Who asks, and under which circumstances.
   *
   * @param action such as {@code sts:AssumeRole}
   * @param principals for each kind of principal ({@code AWS}, {@code Federated}) the names that
   *     mean the caller
   * @param context values of the condition keys, keys in lower case
   */
  record Question(
      String action, Map<String, java.util.Set<String>> principals, Map<String, String> context) {}

  boolean allows(Question question) {
    var allowed = false;
    for (var statement : each(document.path("Statement")).toList()) {
      if (applies(statement, question)) {
        if (statement.path("Effect").asString("").equals("Deny")) {
          return false;
        }
        allowed |= statement.path("Effect").asString("").equals("Allow");
      }
    }
    return allowed;
  }

  private static boolean applies(JsonNode statement, Question question) {
    return each(statement.path("Action")).anyMatch(a -> like(text(a), question.action(), true))
        && principal(statement.path("Principal"), question)
        && condition(statement.path("Condition"), question.context());
  }

  private static boolean principal(JsonNode principal, Question question) {
    if (principal.isString()) {
      return text(principal).equals("*");
    }
    return principal.properties().stream()
        .anyMatch(
            kind -> {
              var names = question.principals().getOrDefault(kind.getKey(), java.util.Set.of());
              return each(kind.getValue())
                  .map(TrustPolicy::text)
                  .anyMatch(name -> names.contains(name) || (name.equals("*") && !names.isEmpty()));
            });
  }

  private static boolean condition(JsonNode condition, Map<String, String> context) {
    return condition.properties().stream()
        .allMatch(
            operator ->
                operator.getValue().properties().stream()
                    .allMatch(
                        key -> holds(operator.getKey(), key.getKey(), key.getValue(), context)));
  }

  private static boolean holds(
      String operator, String key, JsonNode wanted, Map<String, String> context) {
    var ifExists = operator.endsWith("IfExists");
    var name = ifExists ? operator.substring(0, operator.length() - 8) : operator;
    var actual = Optional.ofNullable(context.get(key.toLowerCase(Locale.ROOT)));
    var values = each(wanted).map(value -> resolved(text(value), context)).toList();
    if (actual.isEmpty()) {
      var negated = name.contains("Not");
      return name.equals("Null") ? values.contains("true") : ifExists || negated;
    }
    var value = actual.get();
    return switch (name) {
      case "StringEquals", "ArnEquals" -> values.stream().anyMatch(value::equals);
      case "StringNotEquals", "ArnNotEquals" -> values.stream().noneMatch(value::equals);
      case "StringEqualsIgnoreCase" -> values.stream().anyMatch(value::equalsIgnoreCase);
      case "StringLike", "ArnLike" -> values.stream().anyMatch(v -> like(v, value, false));
      case "StringNotLike", "ArnNotLike" -> values.stream().noneMatch(v -> like(v, value, false));
      case "Null" -> values.contains("false");
      default -> false;
    };
  }

  /** Replaces policy variables such as {@code ${aws:username}} by their values. */
  private static String resolved(String text, Map<String, String> context) {
    var result = text;
    for (var entry : context.entrySet()) {
      result =
          Pattern.compile("${" + entry.getKey() + "}", Pattern.LITERAL | Pattern.CASE_INSENSITIVE)
              .matcher(result)
              .replaceAll(java.util.regex.Matcher.quoteReplacement(entry.getValue()));
    }
    return result;
  }

  private static boolean like(String pattern, String value, boolean ignoreCase) {
    var regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      var c = pattern.charAt(i);
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    var flags = ignoreCase ? Pattern.CASE_INSENSITIVE | Pattern.DOTALL : Pattern.DOTALL;
    return Pattern.compile(regex.toString(), flags).matcher(value).matches();
  }

  private static Stream<JsonNode> each(JsonNode oneOrMany) {
    return oneOrMany.isArray()
        ? oneOrMany.valueStream()
        : oneOrMany.isMissingNode() ? Stream.empty() : Stream.of(oneOrMany);
  }

  private static String text(JsonNode node) {
    return node.asString("");
  }
}
