package io.kodedeploy.simulator.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Label and field selectors, from query parameters and from objects. */
final class Selector {
  private static final Pattern SET =
      Pattern.compile("(\\S+)\\s+(in|notin)\\s*\\(([^)]*)\\)", Pattern.CASE_INSENSITIVE);
  private static final Pattern COMPARE = Pattern.compile("([^=!\\s]+)\\s*(==|=|!=)\\s*(\\S*)");
  private static final Pattern EXISTS = Pattern.compile("(!?)\\s*([A-Za-z0-9][\\w./-]*)");

  private Selector() {}

  /** {@code labelSelector}: {@code a=b,c!=d,e in (f,g),h,!i}. */
  static Predicate<JsonNode> ofLabels(String expression) {
    var terms = new ArrayList<Predicate<Map<String, String>>>();
    for (var term : split(expression)) {
      terms.add(labelTerm(term));
    }
    return object -> {
      var labels = ObjectTree.labels(object);
      return terms.stream().allMatch(term -> term.test(labels));
    };
  }

  private static Predicate<Map<String, String>> labelTerm(String term) {
    Matcher matcher = SET.matcher(term);
    if (matcher.matches()) {
      var key = matcher.group(1);
      var values = List.of(matcher.group(3).trim().split("\\s*,\\s*", -1));
      return matcher.group(2).equalsIgnoreCase("in")
          ? labels -> labels.containsKey(key) && values.contains(labels.get(key))
          : labels -> !labels.containsKey(key) || !values.contains(labels.get(key));
    }
    matcher = COMPARE.matcher(term);
    if (matcher.matches()) {
      var key = matcher.group(1);
      var value = matcher.group(3);
      return matcher.group(2).equals("!=")
          ? labels -> !value.equals(labels.get(key))
          : labels -> value.equals(labels.get(key));
    }
    matcher = EXISTS.matcher(term);
    if (matcher.matches()) {
      var key = matcher.group(2);
      var wanted = matcher.group(1).isEmpty();
      return labels -> labels.containsKey(key) == wanted;
    }
    throw StatusException.badRequest("unable to parse requirement: " + term);
  }

  /**
   * {@code fieldSelector}: any path of the object, {@code metadata.name=x,status.phase!=Running}.
   */
  static Predicate<JsonNode> ofFields(String expression) {
    Predicate<JsonNode> all = _ -> true;
    for (var term : split(expression)) {
      var matcher = COMPARE.matcher(term);
      if (!matcher.matches()) {
        throw StatusException.badRequest("invalid field selector: " + term);
      }
      var path = matcher.group(1).split("\\.", -1);
      var value = matcher.group(3);
      var equal = !matcher.group(2).equals("!=");
      all = all.and(object -> ObjectTree.text(object, path).equals(value) == equal);
    }
    return all;
  }

  /** A {@code LabelSelector} of a workload: {@code matchLabels} and {@code matchExpressions}. */
  static boolean matches(JsonNode selector, Map<String, String> labels) {
    var equal =
        ObjectTree.strings(selector.path("matchLabels")).entrySet().stream()
            .allMatch(e -> e.getValue().equals(labels.get(e.getKey())));
    return equal
        && selector
            .path("matchExpressions")
            .valueStream()
            .allMatch(
                e -> {
                  var value = labels.get(ObjectTree.text(e, "key"));
                  var listed =
                      value != null
                          && e.path("values")
                              .valueStream()
                              .anyMatch(v -> value.equals(v.asString("")));
                  return switch (ObjectTree.text(e, "operator")) {
                    case "In" -> listed;
                    case "NotIn" -> !listed;
                    case "Exists" -> value != null;
                    case "DoesNotExist" -> value == null;
                    default -> false;
                  };
                });
  }

  private static List<String> split(String expression) {
    var terms = new ArrayList<String>();
    int depth = 0;
    var term = new StringBuilder();
    for (int i = 0; i < expression.length(); i++) {
      var c = expression.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        terms.add(term.toString().trim());
        term.setLength(0);
      } else {
        term.append(c);
      }
    }
    terms.add(term.toString().trim());
    terms.removeIf(String::isEmpty);
    return terms;
  }
}
