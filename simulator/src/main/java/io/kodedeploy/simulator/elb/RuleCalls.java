package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Xml;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Listener rules: create, describe, modify, delete, order. */
final class RuleCalls {
  private static final int LOWEST_PRIORITY = 50_000;

  void register(Map<String, ElasticLoadBalancing.Call> calls) {
    calls.put("CreateRule", this::create);
    calls.put("DescribeRules", this::describe);
    calls.put("ModifyRule", this::modify);
    calls.put("DeleteRule", this::delete);
    calls.put("SetRulePriorities", this::setPriorities);
  }

  private AwsResponse create(AwsRequest request, Parameters form, ElbRegion region) {
    var listener = region.listener(form.require("ListenerArn"));
    int priority = priority(form);
    requireFree(listener, priority, "");
    var rule =
        new ListenerRule(
            ListenerCalls.ruleArn(listener.arn),
            OptionalInt.of(priority),
            ConditionForm.read(form.structures("Conditions")),
            ActionForm.read(form.structures("Actions"), listener, region));
    var rules = new ArrayList<>(listener.rules());
    rules.add(rule);
    follow(listener, rules, region);
    region.tag(rule.arn(), TagCalls.tags(form));
    return answer(request, List.of(rule));
  }

  private AwsResponse describe(AwsRequest request, Parameters form, ElbRegion region) {
    var arns = form.list("RuleArns");
    if (!arns.isEmpty()) {
      return answer(
          request, arns.stream().map(arn -> rule(region.listenerOfRule(arn), arn)).toList());
    }
    return answer(request, region.listener(form.require("ListenerArn")).rules());
  }

  private AwsResponse modify(AwsRequest request, Parameters form, ElbRegion region) {
    var arn = form.require("RuleArn");
    var listener = region.listenerOfRule(arn);
    var changed = rule(listener, arn);
    var actions = form.structures("Actions");
    if (!actions.isEmpty()) {
      changed = changed.withActions(ActionForm.read(actions, listener, region));
    }
    var conditions = form.structures("Conditions");
    if (!conditions.isEmpty()) {
      requireNoDefault(changed, "modified but for its actions");
      changed = changed.withConditions(ConditionForm.read(conditions));
    }
    replace(listener, changed, region);
    return answer(request, List.of(changed));
  }

  private AwsResponse delete(AwsRequest request, Parameters form, ElbRegion region) {
    var arn = form.require("RuleArn");
    var listener = region.listenerOfRule(arn);
    requireNoDefault(rule(listener, arn), "deleted");
    var rules = new ArrayList<>(listener.rules());
    rules.removeIf(rule -> rule.arn().equals(arn));
    follow(listener, rules, region);
    region.tags.remove(arn);
    return ElasticLoadBalancing.done(request);
  }

  private AwsResponse setPriorities(AwsRequest request, Parameters form, ElbRegion region) {
    var wanted = new HashMap<String, Integer>();
    form.structures("RulePriorities")
        .forEach(each -> wanted.put(each.require("RuleArn"), priority(each)));
    var changed = new ArrayList<ListenerRule>();
    for (var entry : wanted.entrySet()) {
      var listener = region.listenerOfRule(entry.getKey());
      var rule = rule(listener, entry.getKey());
      requireNoDefault(rule, "given a priority");
      if (listener.rules().stream()
          .noneMatch(r -> wanted.containsKey(r.arn()) && isAt(r, entry.getValue()))) {
        requireFree(listener, entry.getValue(), rule.arn());
      }
      changed.add(rule.withPriority(entry.getValue()));
    }
    changed.forEach(rule -> replace(region.listenerOfRule(rule.arn()), rule, region));
    return answer(request, changed);
  }

  private static int priority(Parameters form) {
    return Names.number("Rule priority", form.get("Priority").orElse(""), 1, LOWEST_PRIORITY);
  }

  private static boolean isAt(ListenerRule rule, int priority) {
    return rule.priority().isPresent() && rule.priority().getAsInt() == priority;
  }

  private static void requireFree(Listener listener, int priority, String exceptArn) {
    if (listener.rules().stream()
        .anyMatch(rule -> isAt(rule, priority) && !rule.arn().equals(exceptArn))) {
      throw AwsError.badRequest("PriorityInUse", "Priority '" + priority + "' is currently in use");
    }
  }

  private static void requireNoDefault(ListenerRule rule, String what) {
    if (rule.priority().isEmpty()) {
      throw AwsError.badRequest(
          "OperationNotPermitted", "Default rule '" + rule.arn() + "' cannot be " + what);
    }
  }

  private static ListenerRule rule(Listener listener, String arn) {
    return listener.rules().stream()
        .filter(rule -> rule.arn().equals(arn))
        .findFirst()
        .orElseThrow(ElbErrors::ruleNotFound);
  }

  private static void replace(Listener listener, ListenerRule changed, ElbRegion region) {
    var rules = new ArrayList<>(listener.rules());
    rules.replaceAll(rule -> rule.arn().equals(changed.arn()) ? changed : rule);
    follow(listener, rules, region);
  }

  private static void follow(Listener listener, List<ListenerRule> rules, ElbRegion region) {
    listener.follow(rules, region::targetGroup);
    region.updateUse();
  }

  private static AwsResponse answer(AwsRequest request, List<ListenerRule> found) {
    return ElasticLoadBalancing.result(
        request, xml -> xml.members("Rules", found, RuleCalls::write));
  }

  private static void write(Xml xml, ListenerRule rule) {
    xml.text("RuleArn", rule.arn())
        .text(
            "Priority",
            rule.priority().isPresent() ? Integer.toString(rule.priority().getAsInt()) : "default")
        .members("Conditions", rule.conditions(), ConditionForm::write)
        .members("Actions", rule.actions(), ActionForm::write)
        .flag("IsDefault", rule.priority().isEmpty());
  }
}
