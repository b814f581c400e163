package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Xml;
import java.util.List;

/** Conditions as requests carry them and answers show them. */
final class ConditionForm {
  private ConditionForm() {}

  static List<RuleCondition> read(List<Parameters> structures) {
    if (structures.isEmpty()) {
      throw ElbErrors.validation("A rule needs at least one condition");
    }
    return structures.stream().map(ConditionForm::read).toList();
  }

  private static RuleCondition read(Parameters condition) {
    var field = condition.require("Field");
    return switch (field) {
      case "path-pattern" ->
          new RuleCondition.PathPattern(values(condition, "PathPatternConfig", field));
      case "host-header" ->
          new RuleCondition.HostHeader(values(condition, "HostHeaderConfig", field));
      case "http-request-method" ->
          new RuleCondition.RequestMethod(values(condition, "HttpRequestMethodConfig", field));
      case "http-header" -> {
        var config = condition.structure("HttpHeaderConfig");
        yield new RuleCondition.HttpHeader(
            config.get("HttpHeaderName").orElseThrow(() -> missing(field)),
            values(condition, "HttpHeaderConfig", field));
      }
      case "query-string" -> {
        var pairs =
            condition.structure("QueryStringConfig").structures("Values").stream()
                .map(p -> new RuleCondition.QueryString.Pair(p.get("Key"), p.require("Value")))
                .toList();
        if (pairs.isEmpty()) {
          throw missing(field);
        }
        yield new RuleCondition.QueryString(pairs);
      }
      default ->
          throw ElbErrors.validation(
              "Condition field '"
                  + field
                  + "' must be one of '[path-pattern, host-header, http-header,"
                  + " http-request-method, query-string]' in the simulator");
    };
  }

  /** The values stand in the field's own structure or, the older way, beside the field. */
  private static List<String> values(Parameters condition, String structure, String field) {
    var values = condition.structure(structure).list("Values");
    var found = values.isEmpty() ? condition.list("Values") : values;
    if (found.isEmpty()) {
      throw missing(field);
    }
    return found;
  }

  private static io.kodedeploy.simulator.wire.AwsError missing(String field) {
    return ElbErrors.validation("A condition value must be specified for '" + field + "'");
  }

  static void write(Xml xml, RuleCondition condition) {
    switch (condition) {
      case RuleCondition.PathPattern(var values) ->
          plain(xml, "path-pattern", "PathPatternConfig", values);
      case RuleCondition.HostHeader(var values) ->
          plain(xml, "host-header", "HostHeaderConfig", values);
      case RuleCondition.RequestMethod(var values) ->
          xml.text("Field", "http-request-method")
              .element("HttpRequestMethodConfig", c -> c.members("Values", values, Xml::content));
      case RuleCondition.HttpHeader(var name, var values) ->
          xml.text("Field", "http-header")
              .element(
                  "HttpHeaderConfig",
                  c -> c.text("HttpHeaderName", name).members("Values", values, Xml::content));
      case RuleCondition.QueryString(var values) ->
          xml.text("Field", "query-string")
              .element(
                  "QueryStringConfig",
                  c ->
                      c.members(
                          "Values",
                          values,
                          (member, pair) -> {
                            pair.key().ifPresent(key -> member.text("Key", key));
                            member.text("Value", pair.value());
                          }));
    }
  }

  private static void plain(Xml xml, String field, String structure, List<String> values) {
    xml.text("Field", field)
        .members("Values", values, Xml::content)
        .element(structure, config -> config.members("Values", values, Xml::content));
  }
}
