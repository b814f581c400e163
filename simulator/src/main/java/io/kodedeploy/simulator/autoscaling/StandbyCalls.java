package io.kodedeploy.simulator.autoscaling;

import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Standby and suspended processes. */
final class StandbyCalls {
  /** How long an instance is on its way into standby. */
  private static final Duration ENTERING = Duration.ofSeconds(5);

  private static final List<String> PROCESSES =
      List.of(
          "AddToLoadBalancer",
          "AlarmNotification",
          "AZRebalance",
          "HealthCheck",
          "InstanceRefresh",
          "Launch",
          "ReplaceUnhealthy",
          "ScheduledActions",
          "Terminate");

  private final AutoScalingGroups groups;
  private final Fleet fleet;
  private final SimulatorClock clock;

  StandbyCalls(AutoScalingGroups groups, Fleet fleet, SimulatorClock clock) {
    this.groups = groups;
    this.fleet = fleet;
    this.clock = clock;
  }

  void register(Map<String, AutoScaling.Call> calls) {
    calls.put("EnterStandby", this::enter);
    calls.put("ExitStandby", this::exit);
    calls.put("SuspendProcesses", request -> processes(request, true));
    calls.put("ResumeProcesses", request -> processes(request, false));
  }

  private AwsResponse enter(AwsRequest request) {
    var form = request.form();
    var name = form.require("AutoScalingGroupName");
    var ids = form.list("InstanceIds");
    boolean decrement = form.require("ShouldDecrementDesiredCapacity").equals("true");
    int replacements =
        groups.change(
            name,
            group -> {
              requireMembers(group, ids, Group.Lifecycle.IN_SERVICE);
              if (decrement && group.desired - ids.size() < group.minimum) {
                throw AwsError.badRequest(
                    "ValidationError",
                    "AutoScalingGroup %s has min-size=%d, max-size=%d, and desired-size=%d. To place into standby %d instance%s, please update the AutoScalingGroup sizes appropriately."
                        .formatted(
                            name,
                            group.minimum,
                            group.maximum,
                            group.desired,
                            ids.size(),
                            ids.size() == 1 ? "" : "s"));
              }
              group.desired -= decrement ? ids.size() : 0;
              for (var id : ids) {
                become(group, id, Group.Lifecycle.ENTERING_STANDBY);
                groups.standby(group, group.members.get(id));
              }
              return decrement ? 0 : Math.max(0, group.desired - group.active());
            });
    clock.schedule(ENTERING, () -> arrive(name, ids));
    if (replacements > 0 && fleet.serves(name)) {
      fleet.grow(name, replacements);
    }
    return activities(request, name, ids, "Moving EC2 instance to Standby: ");
  }

  private void arrive(String name, List<String> ids) {
    groups.read(
        byName -> {
          var group = byName.get(name);
          if (group != null) {
            for (var id : ids) {
              var member = group.members.get(id);
              if (member != null && member.lifecycle() == Group.Lifecycle.ENTERING_STANDBY) {
                become(group, id, Group.Lifecycle.STANDBY);
              }
            }
          }
          return ids.size();
        });
  }

  private AwsResponse exit(AwsRequest request) {
    var form = request.form();
    var name = form.require("AutoScalingGroupName");
    var ids = form.list("InstanceIds");
    groups.change(
        name,
        group -> {
          requireMembers(group, ids, Group.Lifecycle.STANDBY);
          if (group.desired + ids.size() > group.maximum) {
            throw AwsError.badRequest(
                "ValidationError",
                "AutoScalingGroup %s has min-size=%d, max-size=%d, and desired-size=%d. To remove %d instance%s from standby, please update the AutoScalingGroup sizes appropriately."
                    .formatted(
                        name,
                        group.minimum,
                        group.maximum,
                        group.desired,
                        ids.size(),
                        ids.size() == 1 ? "" : "s"));
          }
          group.desired += ids.size();
          for (var id : ids) {
            become(group, id, Group.Lifecycle.IN_SERVICE);
            groups.inService(group, group.members.get(id));
          }
          return ids.size();
        });
    return activities(request, name, ids, "Moving EC2 instance out of Standby: ");
  }

  private AwsResponse processes(AwsRequest request, boolean suspend) {
    var form = request.form();
    var named = form.list("ScalingProcesses");
    for (var process : named) {
      if (!PROCESSES.contains(process)) {
        throw AwsError.badRequest("ValidationError", "Invalid process type: " + process);
      }
    }
    var processes = named.isEmpty() ? PROCESSES : named;
    return groups.change(
        form.require("AutoScalingGroupName"),
        group -> {
          if (suspend) {
            group.suspended.addAll(processes);
          } else {
            processes.forEach(group.suspended::remove);
          }
          return AutoScaling.done(request);
        });
  }

  private static void requireMembers(Group group, List<String> ids, Group.Lifecycle lifecycle) {
    for (var id : ids) {
      var member = group.members.get(id);
      if (member == null) {
        throw AwsError.badRequest(
            "ValidationError",
            "The instance " + id + " is not part of Auto Scaling group " + group.name + ".");
      }
      if (member.lifecycle() != lifecycle) {
        throw AwsError.badRequest(
            "ValidationError", "The instance " + id + " is not in " + lifecycle.wire() + ".");
      }
    }
  }

  private static void become(Group group, String id, Group.Lifecycle lifecycle) {
    group.members.computeIfPresent(
        id, (_, member) -> new Group.Member(id, member.zone(), lifecycle));
  }

  private AwsResponse activities(
      AwsRequest request, String name, List<String> ids, String description) {
    return AutoScaling.result(
        request,
        xml ->
            xml.members(
                "Activities",
                ids,
                (member, id) ->
                    member
                        .text("ActivityId", UUID.randomUUID().toString())
                        .text("AutoScalingGroupName", name)
                        .text("Description", description + id)
                        .text("Cause", "a user request")
                        .time("StartTime", clock.now())
                        .text("StatusCode", "InProgress")
                        .number("Progress", 50)
                        .text("Details", "{}")));
  }
}
