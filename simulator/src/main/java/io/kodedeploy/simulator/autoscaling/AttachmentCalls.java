package io.kodedeploy.simulator.autoscaling;

import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.Parameters;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What is attached to a group: target groups and lifecycle hooks. */
final class AttachmentCalls {
  private static final int MOST_HOOKS = 50;

  private final AutoScalingGroups groups;

  AttachmentCalls(AutoScalingGroups groups) {
    this.groups = groups;
  }

  void register(Map<String, AutoScaling.Call> calls) {
    calls.put("AttachLoadBalancerTargetGroups", r -> attach(r, r.form().list("TargetGroupARNs")));
    calls.put("DetachLoadBalancerTargetGroups", r -> detach(r, r.form().list("TargetGroupARNs")));
    calls.put("DescribeLoadBalancerTargetGroups", this::describe);
    calls.put("AttachTrafficSources", r -> attach(r, sources(r.form())));
    calls.put("DetachTrafficSources", r -> detach(r, sources(r.form())));
    calls.put("PutLifecycleHook", this::putHook);
    calls.put("DescribeLifecycleHooks", this::describeHooks);
    calls.put("DeleteLifecycleHook", this::deleteHook);
  }

  private AwsResponse attach(AwsRequest request, List<String> targetGroups) {
    return groups.change(
        request.form().require("AutoScalingGroupName"),
        group -> {
          targetGroups.forEach(arn -> groups.attach(group, arn));
          return AutoScaling.done(request);
        });
  }

  private AwsResponse detach(AwsRequest request, List<String> targetGroups) {
    return groups.change(
        request.form().require("AutoScalingGroupName"),
        group -> {
          targetGroups.forEach(arn -> groups.detach(group, arn));
          return AutoScaling.done(request);
        });
  }

  private AwsResponse describe(AwsRequest request) {
    return groups.change(
        request.form().require("AutoScalingGroupName"),
        group ->
            AutoScaling.result(
                request,
                xml ->
                    xml.members(
                        "LoadBalancerTargetGroups",
                        group.targetGroups,
                        (member, arn) ->
                            member
                                .text("LoadBalancerTargetGroupARN", arn)
                                .text("State", "InService"))));
  }

  private static List<String> sources(Parameters form) {
    return form.structures("TrafficSources").stream()
        .map(
            source -> {
              var type = source.get("Type").orElse("elbv2");
              if (!type.equals("elbv2")) {
                throw AwsError.badRequest(
                    "ValidationError", "The simulator has no traffic sources of type " + type);
              }
              return source.require("Identifier");
            })
        .toList();
  }

  private AwsResponse putHook(AwsRequest request) {
    var form = request.form();
    var name = form.require("LifecycleHookName");
    int heartbeat = GroupCalls.number(form, "HeartbeatTimeout").orElse(3600);
    if (heartbeat < 30 || heartbeat > 7200) {
      throw AwsError.badRequest(
          "ValidationError",
          "Heartbeat timeout must be between 30 and 7200 seconds, not " + heartbeat);
    }
    var result = form.get("DefaultResult").orElse("ABANDON");
    if (!result.equals("ABANDON") && !result.equals("CONTINUE")) {
      throw AwsError.badRequest("ValidationError", "Invalid default result: " + result);
    }
    return groups.change(
        form.require("AutoScalingGroupName"),
        group -> {
          var before = group.hooks.get(name);
          if (before == null && group.hooks.size() == MOST_HOOKS) {
            throw AwsError.badRequest(
                "LimitExceeded", "A group has at most " + MOST_HOOKS + " lifecycle hooks");
          }
          var transition =
              form.get("LifecycleTransition")
                  .orElseGet(() -> before == null ? "" : before.transition());
          if (!transition.equals("autoscaling:EC2_INSTANCE_LAUNCHING")
              && !transition.equals("autoscaling:EC2_INSTANCE_TERMINATING")) {
            throw AwsError.badRequest(
                "ValidationError", "Invalid lifecycle transition: '" + transition + "'");
          }
          group.hooks.put(
              name,
              new Group.Hook(
                  name,
                  transition,
                  Duration.ofSeconds(heartbeat),
                  result,
                  form.get("NotificationMetadata").orElse(""),
                  form.get("NotificationTargetARN").orElse(""),
                  form.get("RoleARN").orElse("")));
          return AutoScaling.done(request);
        });
  }

  private AwsResponse describeHooks(AwsRequest request) {
    var form = request.form();
    var names = form.list("LifecycleHookNames");
    return groups.change(
        form.require("AutoScalingGroupName"),
        group ->
            AutoScaling.result(
                request,
                xml ->
                    xml.members(
                        "LifecycleHooks",
                        group.hooks.values().stream()
                            .filter(hook -> names.isEmpty() || names.contains(hook.name()))
                            .toList(),
                        (member, hook) -> {
                          member
                              .text("LifecycleHookName", hook.name())
                              .text("AutoScalingGroupName", group.name)
                              .text("LifecycleTransition", hook.transition())
                              .number("HeartbeatTimeout", hook.heartbeat().toSeconds())
                              .number("GlobalTimeout", hook.global().toSeconds())
                              .text("DefaultResult", hook.defaultResult());
                          if (!hook.metadata().isEmpty()) {
                            member.text("NotificationMetadata", hook.metadata());
                          }
                          if (!hook.target().isEmpty()) {
                            member.text("NotificationTargetARN", hook.target());
                          }
                          if (!hook.role().isEmpty()) {
                            member.text("RoleARN", hook.role());
                          }
                        })));
  }

  private AwsResponse deleteHook(AwsRequest request) {
    var form = request.form();
    var name = form.require("LifecycleHookName");
    return groups.change(
        form.require("AutoScalingGroupName"),
        group -> {
          if (group.hooks.remove(name) == null) {
            throw AwsError.badRequest(
                "ValidationError", "No Lifecycle Hook found with name: " + name);
          }
          return AutoScaling.done(request);
        });
  }
}
