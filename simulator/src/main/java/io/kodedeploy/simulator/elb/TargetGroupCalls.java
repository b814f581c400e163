package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.elb.TargetGroupSettings.TargetType;
import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Xml;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Target groups: create, describe, health check, attributes, delete. */
final class TargetGroupCalls {
  private final TargetGroupTimers timers;

  TargetGroupCalls(TargetGroupTimers timers) {
    this.timers = timers;
  }

  void register(Map<String, ElasticLoadBalancing.Call> calls) {
    calls.put("CreateTargetGroup", this::create);
    calls.put("DescribeTargetGroups", this::describe);
    calls.put("ModifyTargetGroup", this::modify);
    calls.put("DeleteTargetGroup", this::delete);
    calls.put("DescribeTargetGroupAttributes", this::describeAttributes);
    calls.put("ModifyTargetGroupAttributes", this::modifyAttributes);
  }

  private AwsResponse create(AwsRequest request, Parameters form, ElbRegion region) {
    var name = form.require("Name");
    Names.check("Target group", name);
    var protocol = form.get("Protocol").orElse("");
    if (!protocol.equals("HTTP")) {
      throw AwsError.badRequest(
          "UnsupportedProtocol",
          "The simulator's target groups speak HTTP, not '" + protocol + "'");
    }
    var type = targetType(form.get("TargetType").orElse("instance"));
    int port = Names.number("Port", form.get("Port").orElse(""), 1, 65535);
    var arn = region.arn("targetgroup/" + name + "/" + ElbRegion.newId());
    var settings =
        new TargetGroupSettings(
            arn,
            name,
            protocol,
            port,
            form.get("VpcId").orElse(Names.VPC),
            type,
            form.get("ProtocolVersion").orElse("HTTP1"),
            healthCheck(form, HealthCheckSettings.DEFAULTS),
            TargetGroupSettings.defaultAttributes());
    var existing = region.targetGroupNamed(name);
    if (existing.isPresent()) {
      if (!isSame(existing.get().settings(), settings)) {
        throw AwsError.badRequest(
            "DuplicateTargetGroupName",
            "A target group with the same name '" + name + "' exists, but with different settings");
      }
      return answer(request, region, List.of(existing.get()));
    }
    var group = new TargetGroup(settings, timers);
    region.targetGroups.put(arn, group);
    region.tag(arn, TagCalls.tags(form));
    return answer(request, region, List.of(group));
  }

  private AwsResponse describe(AwsRequest request, Parameters form, ElbRegion region) {
    var arns = form.list("TargetGroupArns");
    var names = form.list("Names");
    var loadBalancer = form.get("LoadBalancerArn");
    int given =
        (arns.isEmpty() ? 0 : 1)
            + (names.isEmpty() ? 0 : 1)
            + loadBalancer.stream().toList().size();
    if (given > 1) {
      throw ElbErrors.validation(
          "Only one of target group ARNs, target group names or a load balancer ARN can be"
              + " specified");
    }
    loadBalancer.ifPresent(region::loadBalancer);
    arns.forEach(region::targetGroup);
    for (var name : names) {
      if (region.targetGroupNamed(name).isEmpty()) {
        throw ElbErrors.targetGroupNotFound();
      }
    }
    return answer(
        request,
        region,
        region.targetGroups.values().stream()
            .filter(group -> arns.isEmpty() || arns.contains(group.arn()))
            .filter(group -> names.isEmpty() || names.contains(group.name()))
            .filter(
                group ->
                    loadBalancer.isEmpty()
                        || region.users(group.arn()).stream()
                            .anyMatch(lb -> lb.arn.equals(loadBalancer.get())))
            .toList());
  }

  private AwsResponse modify(AwsRequest request, Parameters form, ElbRegion region) {
    var group = region.targetGroup(form.require("TargetGroupArn"));
    var settings = group.settings();
    group.change(settings.with(healthCheck(form, settings.healthCheck())));
    return answer(request, region, List.of(group));
  }

  private AwsResponse delete(AwsRequest request, Parameters form, ElbRegion region) {
    var arn = form.require("TargetGroupArn");
    if (!region.users(arn).isEmpty()) {
      throw AwsError.badRequest(
          "ResourceInUse",
          "Target group '" + arn + "' is currently in use by a listener or a rule");
    }
    var removed = region.targetGroups.remove(arn);
    if (removed != null) {
      removed.delete();
      region.tags.remove(arn);
    }
    return ElasticLoadBalancing.done(request);
  }

  private AwsResponse describeAttributes(AwsRequest request, Parameters form, ElbRegion region) {
    var group = region.targetGroup(form.require("TargetGroupArn"));
    return LoadBalancerCalls.attributes(request, group.settings().attributes());
  }

  private AwsResponse modifyAttributes(AwsRequest request, Parameters form, ElbRegion region) {
    var group = region.targetGroup(form.require("TargetGroupArn"));
    var attributes = new TreeMap<>(group.settings().attributes());
    for (var attribute : form.structures("Attributes")) {
      var key = attribute.require("Key");
      var value = attribute.get("Value").orElse("");
      boolean good =
          switch (key) {
            case TargetGroupSettings.DELAY -> Names.isBetween(value, 0, 3600);
            case "slow_start.duration_seconds" ->
                value.equals("0") || Names.isBetween(value, 30, 900);
            case "stickiness.lb_cookie.duration_seconds" -> Names.isBetween(value, 1, 604_800);
            case "stickiness.enabled" -> value.equals("true") || value.equals("false");
            default -> {
              if (!attributes.containsKey(key)) {
                throw ElbErrors.validation(
                    "Target group attribute key '" + key + "' is not recognized");
              }
              yield true;
            }
          };
      if (!good) {
        throw ElbErrors.validation(
            "Target group attribute '" + key + "' has an invalid value: '" + value + "'");
      }
      attributes.put(key, value);
    }
    group.change(group.settings().with(attributes));
    return LoadBalancerCalls.attributes(request, attributes);
  }

  private static HealthCheckSettings healthCheck(Parameters form, HealthCheckSettings before) {
    try {
      var protocol = form.get("HealthCheckProtocol").orElse(before.protocol());
      return new HealthCheckSettings(
          protocol,
          form.get("HealthCheckPort").map(TargetGroupCalls::port).orElse(before.port()),
          form.get("HealthCheckPath").orElse(before.path()),
          seconds(form, "HealthCheckIntervalSeconds", before.interval()),
          seconds(form, "HealthCheckTimeoutSeconds", before.timeout()),
          count(form, "HealthyThresholdCount", before.healthyThreshold()),
          count(form, "UnhealthyThresholdCount", before.unhealthyThreshold()),
          form.get("Matcher.HttpCode").orElse(before.matcher()));
    } catch (IllegalArgumentException e) {
      throw ElbErrors.validation(String.valueOf(e.getMessage()));
    }
  }

  private static OptionalInt port(String text) {
    return text.equals("traffic-port")
        ? OptionalInt.empty()
        : OptionalInt.of(Names.number("Health check port", text, 1, 65535));
  }

  private static Duration seconds(Parameters form, String name, Duration otherwise) {
    return form.get(name)
        .map(text -> Duration.ofSeconds(Names.number(name, text, 0, 100_000)))
        .orElse(otherwise);
  }

  private static int count(Parameters form, String name, int otherwise) {
    return form.get(name).map(text -> Names.number(name, text, 0, 100_000)).orElse(otherwise);
  }

  private static TargetType targetType(String text) {
    return switch (text) {
      case "instance" -> TargetType.INSTANCE;
      case "ip" -> TargetType.IP;
      default ->
          throw ElbErrors.validation(
              "The simulator has target groups of type instance and ip, not '" + text + "'");
    };
  }

  private static boolean isSame(TargetGroupSettings a, TargetGroupSettings b) {
    return a.port() == b.port()
        && a.targetType() == b.targetType()
        && a.vpcId().equals(b.vpcId())
        && a.healthCheck().equals(b.healthCheck());
  }

  private static AwsResponse answer(AwsRequest request, ElbRegion region, List<TargetGroup> found) {
    return ElasticLoadBalancing.result(
        request,
        xml ->
            xml.members(
                "TargetGroups",
                found,
                (member, group) ->
                    write(
                        member,
                        group.settings(),
                        region.users(group.arn()).stream().map(lb -> lb.arn).toList())));
  }

  private static void write(Xml xml, TargetGroupSettings group, List<String> loadBalancers) {
    var check = group.healthCheck();
    xml.text("TargetGroupArn", group.arn())
        .text("TargetGroupName", group.name())
        .text("Protocol", group.protocol())
        .number("Port", group.port())
        .text("VpcId", group.vpcId())
        .text("HealthCheckProtocol", check.protocol())
        .text(
            "HealthCheckPort",
            check.port().isPresent() ? Integer.toString(check.port().getAsInt()) : "traffic-port")
        .flag("HealthCheckEnabled", true)
        .number("HealthCheckIntervalSeconds", check.interval().toSeconds())
        .number("HealthCheckTimeoutSeconds", check.timeout().toSeconds())
        .number("HealthyThresholdCount", check.healthyThreshold())
        .number("UnhealthyThresholdCount", check.unhealthyThreshold())
        .text("HealthCheckPath", check.path())
        .element("Matcher", matcher -> matcher.text("HttpCode", check.matcher()))
        .members("LoadBalancerArns", loadBalancers, Xml::content)
        .text("TargetType", group.targetType().name().toLowerCase(Locale.ROOT))
        .text("ProtocolVersion", group.protocolVersion())
        .text("IpAddressType", "ipv4");
  }
}
