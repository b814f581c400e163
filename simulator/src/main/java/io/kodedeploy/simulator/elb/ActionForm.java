package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.elb.RuleAction.FixedResponse;
import io.kodedeploy.simulator.elb.RuleAction.Forward;
import io.kodedeploy.simulator.elb.RuleAction.Redirect;
import io.kodedeploy.simulator.elb.RuleAction.WeightedGroup;
import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Xml;
import java.util.List;
import java.util.OptionalInt;

/** Actions as requests carry them and answers show them. */
final class ActionForm {
  private static final int MOST_GROUPS = 5;

  private ActionForm() {}

  /** Reads a list of actions and checks what they name. */
  static List<RuleAction> read(List<Parameters> structures, Listener owner, ElbRegion region) {
    return read(structures, owner.loadBalancer, region);
  }

  static List<RuleAction> read(
      List<Parameters> structures, LoadBalancer loadBalancer, ElbRegion region) {
    if (structures.size() != 1) {
      throw ElbErrors.validation("Exactly one action must be specified");
    }
    return structures.stream().map(action -> read(action, loadBalancer, region)).toList();
  }

  private static RuleAction read(Parameters action, LoadBalancer loadBalancer, ElbRegion region) {
    return switch (action.require("Type")) {
      case "forward" -> forward(action, loadBalancer, region);
      case "fixed-response" -> {
        var config = action.structure("FixedResponseConfig");
        yield new FixedResponse(
            Names.number("StatusCode", config.get("StatusCode").orElse(""), 200, 599),
            config.get("ContentType"),
            config.get("MessageBody"));
      }
      case "redirect" -> {
        var config = action.structure("RedirectConfig");
        var code = config.get("StatusCode").orElse("");
        if (!code.equals("HTTP_301") && !code.equals("HTTP_302")) {
          throw ElbErrors.validation("The redirect status code must be HTTP_301 or HTTP_302");
        }
        yield new Redirect(
            config.get("Protocol").orElse("#{protocol}"),
            config.get("Host").orElse("#{host}"),
            config.get("Port").orElse("#{port}"),
            config.get("Path").orElse("/#{path}"),
            config.get("Query").orElse("#{query}"),
            code.equals("HTTP_301") ? 301 : 302);
      }
      default ->
          throw AwsError.badRequest(
              "InvalidLoadBalancerAction",
              "The simulator has the actions forward, fixed-response and redirect, not "
                  + action.require("Type"));
    };
  }

  private static Forward forward(Parameters action, LoadBalancer loadBalancer, ElbRegion region) {
    var config = action.structure("ForwardConfig");
    var groups =
        config.structures("TargetGroups").stream()
            .map(
                group ->
                    new WeightedGroup(
                        group.require("TargetGroupArn"),
                        group.get("Weight").map(w -> Names.number("Weight", w, 0, 999)).orElse(1)))
            .toList();
    if (groups.isEmpty()) {
      groups = List.of(new WeightedGroup(action.require("TargetGroupArn"), 1));
    }
    if (groups.size() > MOST_GROUPS) {
      throw AwsError.badRequest(
          "TooManyTargetGroups", "An action forwards to at most 5 target groups");
    }
    if (groups.stream().map(WeightedGroup::targetGroupArn).distinct().count() < groups.size()) {
      throw ElbErrors.validation("A target group may be named once in an action");
    }
    for (var group : groups) {
      region.targetGroup(group.targetGroupArn());
      if (region.users(group.targetGroupArn()).stream()
          .anyMatch(user -> !user.arn.equals(loadBalancer.arn))) {
        throw AwsError.badRequest(
            "TargetGroupAssociationLimit",
            "The following target groups cannot be associated with more than one load balancer: "
                + group.targetGroupArn());
      }
    }
    return new Forward(groups, stickiness(config));
  }

  private static OptionalInt stickiness(Parameters config) {
    var stickiness = config.structure("TargetGroupStickinessConfig");
    return stickiness.get("Enabled").filter("true"::equals).isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(
            Names.number(
                "DurationSeconds", stickiness.get("DurationSeconds").orElse(""), 1, 604_800));
  }

  /** Writes one action, number {@code order} of its rule. */
  static void write(Xml xml, RuleAction action) {
    switch (action) {
      case Forward forward -> {
        xml.text("Type", "forward");
        if (forward.groups().size() == 1) {
          xml.text("TargetGroupArn", forward.groups().getFirst().targetGroupArn());
        }
        xml.number("Order", 1)
            .element(
                "ForwardConfig",
                config ->
                    config
                        .members(
                            "TargetGroups",
                            forward.groups(),
                            (member, group) ->
                                member
                                    .text("TargetGroupArn", group.targetGroupArn())
                                    .number("Weight", group.weight()))
                        .element("TargetGroupStickinessConfig", s -> stickiness(s, forward)));
      }
      case FixedResponse fixed ->
          xml.text("Type", "fixed-response")
              .number("Order", 1)
              .element(
                  "FixedResponseConfig",
                  config -> {
                    config.text("StatusCode", Integer.toString(fixed.status()));
                    fixed.contentType().ifPresent(type -> config.text("ContentType", type));
                    fixed.body().ifPresent(body -> config.text("MessageBody", body));
                  });
      case Redirect redirect ->
          xml.text("Type", "redirect")
              .number("Order", 1)
              .element(
                  "RedirectConfig",
                  config ->
                      config
                          .text("Protocol", redirect.protocol())
                          .text("Port", redirect.port())
                          .text("Host", redirect.host())
                          .text("Path", redirect.path())
                          .text("Query", redirect.query())
                          .text("StatusCode", "HTTP_" + redirect.status()));
    }
  }

  private static void stickiness(Xml xml, Forward forward) {
    xml.flag("Enabled", forward.stickiness().isPresent());
    forward.stickiness().ifPresent(seconds -> xml.number("DurationSeconds", seconds));
  }
}
