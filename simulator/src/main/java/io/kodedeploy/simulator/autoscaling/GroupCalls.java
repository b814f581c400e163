package io.kodedeploy.simulator.autoscaling;

import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.Parameters;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Groups: create, describe, size, delete. */
final class GroupCalls {
  private final AutoScalingGroups groups;
  private final Fleet fleet;
  private final Account account;

  GroupCalls(AutoScalingGroups groups, Fleet fleet, Account account) {
    this.groups = groups;
    this.fleet = fleet;
    this.account = account;
  }

  void register(Map<String, AutoScaling.Call> calls) {
    calls.put("CreateAutoScalingGroup", this::create);
    calls.put("DescribeAutoScalingGroups", this::describe);
    calls.put("DescribeAutoScalingInstances", this::describeInstances);
    calls.put("UpdateAutoScalingGroup", this::update);
    calls.put("SetDesiredCapacity", this::setDesired);
    calls.put("DeleteAutoScalingGroup", this::delete);
  }

  private AwsResponse create(AwsRequest request) {
    var form = request.form();
    var name = form.require("AutoScalingGroupName");
    int minimum = number(form, "MinSize").orElseThrow(() -> missing("MinSize"));
    int maximum = number(form, "MaxSize").orElseThrow(() -> missing("MaxSize"));
    int desired = number(form, "DesiredCapacity").orElse(minimum);
    checkSizes(minimum, desired, maximum);
    if (desired > 0) {
      throw AwsError.badRequest(
          "ValidationError",
          "The simulator starts instances only in groups of its clusters (POST"
              + " /_simulator/clusters): create this group with a desired capacity of 0");
    }
    groups.create(name, request.region(), minimum, maximum, desired, Map.of());
    return groups.change(
        name,
        group -> {
          TagCalls.tags(form.structures("Tags")).forEach(tag -> group.tags.put(tag.key(), tag));
          form.list("TargetGroupARNs").forEach(arn -> groups.attach(group, arn));
          return AutoScaling.done(request);
        });
  }

  private AwsResponse describe(AwsRequest request) {
    var names = request.form().list("AutoScalingGroupNames");
    var filters = TagFilter.all(request.form());
    return groups.read(
        byName -> {
          var found =
              byName.values().stream()
                  .filter(group -> group.region.equals(request.region()))
                  .filter(group -> names.isEmpty() || names.contains(group.name))
                  .filter(group -> filters.stream().allMatch(filter -> filter.holds(group)))
                  .toList();
          return AutoScaling.result(
              request,
              xml ->
                  xml.members(
                      "AutoScalingGroups",
                      found,
                      (member, group) -> GroupXml.group(member, group, account)));
        });
  }

  private AwsResponse describeInstances(AwsRequest request) {
    var wanted = request.form().list("InstanceIds");
    return groups.read(
        byName ->
            AutoScaling.result(
                request,
                xml ->
                    xml.members(
                        "AutoScalingInstances",
                        byName.values().stream()
                            .filter(group -> group.region.equals(request.region()))
                            .flatMap(
                                group ->
                                    group.members.values().stream()
                                        .filter(
                                            m ->
                                                wanted.isEmpty() || wanted.contains(m.instanceId()))
                                        .map(m -> Map.entry(group.name, m)))
                            .toList(),
                        (member, entry) ->
                            GroupXml.instance(
                                member.text("AutoScalingGroupName", entry.getKey()),
                                entry.getValue(),
                                "HEALTHY"))));
  }

  private AwsResponse update(AwsRequest request) {
    var form = request.form();
    return resize(
        request,
        form,
        number(form, "MinSize"),
        number(form, "DesiredCapacity"),
        number(form, "MaxSize"));
  }

  private AwsResponse setDesired(AwsRequest request) {
    var form = request.form();
    var desired = number(form, "DesiredCapacity");
    if (desired.isEmpty()) {
      throw missing("DesiredCapacity");
    }
    return resize(request, form, Optional.empty(), desired, Optional.empty());
  }

  private AwsResponse resize(
      AwsRequest request,
      Parameters form,
      Optional<Integer> minimum,
      Optional<Integer> desired,
      Optional<Integer> maximum) {
    var name = form.require("AutoScalingGroupName");
    boolean served = fleet.serves(name);
    record Gap(int missing, List<String> surplus) {}
    var gap =
        groups.change(
            name,
            group -> {
              int low = minimum.orElse(group.minimum);
              int high = maximum.orElse(group.maximum);
              // Without a wish of its own the capacity follows the bounds, as on AWS.
              int wish = desired.orElse(Math.clamp(group.desired, low, Math.max(low, high)));
              checkSizes(low, wish, high);
              if (wish > group.active() && !served) {
                throw AwsError.badRequest(
                    "ValidationError",
                    "The simulator starts instances only in groups of its clusters");
              }
              group.minimum = low;
              group.maximum = high;
              group.desired = wish;
              int surplus = group.active() - wish;
              return new Gap(-surplus, surplus > 0 ? group.youngest(surplus) : List.of());
            });
    if (gap.missing() > 0) {
      fleet.grow(name, gap.missing());
    } else if (!gap.surplus().isEmpty()) {
      fleet.shrink(name, gap.surplus());
    }
    return AutoScaling.done(request);
  }

  private AwsResponse delete(AwsRequest request) {
    var form = request.form();
    var name = form.require("AutoScalingGroupName");
    boolean force = form.get("ForceDelete").filter("true"::equals).isPresent();
    var members =
        groups.change(
            name,
            group -> {
              if (!group.members.isEmpty() && !force) {
                throw AwsError.badRequest(
                    "ResourceInUse",
                    "You cannot delete an AutoScalingGroup while there are instances or pending"
                        + " Spot instance request(s) still in the group.");
              }
              return List.copyOf(group.members.keySet());
            });
    if (!members.isEmpty()) {
      fleet.shrink(name, members);
    }
    groups.delete(name);
    return AutoScaling.done(request);
  }

  private static void checkSizes(int minimum, int desired, int maximum) {
    if (minimum > maximum) {
      throw AwsError.badRequest(
          "ValidationError",
          "Max bound, " + maximum + ", must be greater than or equal to min bound, " + minimum);
    }
    if (desired < minimum) {
      throw AwsError.badRequest(
          "ValidationError",
          "Desired capacity:" + desired + " must be greater than or equal to min size:" + minimum);
    }
    if (desired > maximum) {
      throw AwsError.badRequest(
          "ValidationError",
          "Desired capacity:" + desired + " must be less than or equal to max size:" + maximum);
    }
  }

  static Optional<Integer> number(Parameters form, String name) {
    return form.get(name)
        .map(
            text -> {
              if (!text.matches("[0-9]{1,6}")) {
                throw AwsError.badRequest("ValidationError", name + " is not a number: " + text);
              }
              return Integer.parseInt(text);
            });
  }

  private static AwsError missing(String name) {
    return AwsError.badRequest("ValidationError", "The request must contain the parameter " + name);
  }
}
