package io.kodedeploy.simulator.autoscaling;

import io.kodedeploy.simulator.codedeploy.InstanceDirectory;
import io.kodedeploy.simulator.codedeploy.TrafficControl;
import io.kodedeploy.simulator.ec2.Instances;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.Resettable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The groups of the account and their members. Thread-safe: one monitor guards all groups. The
 * fleet is never called while it is held.
 */
public final class AutoScalingGroups implements InstanceDirectory, Resettable {
  private final Map<String, Group> byName = new LinkedHashMap<>();
  private final Instances instances;
  private final TrafficControl traffic;
  private final SimulatorClock clock;

  /** Members of groups with target groups are registered through {@code traffic}. */
  public AutoScalingGroups(Instances instances, TrafficControl traffic, SimulatorClock clock) {
    this.instances = instances;
    this.traffic = traffic;
    this.clock = clock;
  }

  /**
   * Makes a group without members.
   *
   * @throws AwsError {@code AlreadyExists}
   */
  public synchronized void create(
      String name,
      String region,
      int minimum,
      int maximum,
      int desired,
      Map<String, String> propagatedTags) {
    if (byName.containsKey(name)) {
      throw AwsError.badRequest(
          "AlreadyExists",
          "AutoScalingGroup by this name already exists - A group with the name "
              + name
              + " already exists");
    }
    var group = new Group(name, region, clock.now(), minimum, maximum, desired);
    propagatedTags.forEach((key, value) -> group.tags.put(key, new Group.Tag(key, value, true)));
    byName.put(name, group);
  }

  /** A running instance joins, in service at once; the group's sizes grow with it if they must. */
  public synchronized void join(String name, String instanceId, String zone) {
    var group = require(name);
    group.members.put(instanceId, new Group.Member(instanceId, zone, Group.Lifecycle.IN_SERVICE));
    group.desired = Math.max(group.desired, group.active());
    group.maximum = Math.max(group.maximum, group.desired);
    group.targetGroups.forEach(targetGroup -> traffic.register(targetGroup, instanceId));
  }

  /** An instance is gone for good; the group's sizes shrink with it. */
  public synchronized void leave(String instanceId) {
    for (var group : byName.values()) {
      if (group.members.remove(instanceId) != null) {
        group.targetGroups.forEach(targetGroup -> deregister(targetGroup, instanceId));
        group.desired = Math.min(group.desired, group.active());
        group.minimum = Math.min(group.minimum, group.desired);
      }
    }
  }

  /** Removes a group; its members are not ended. Unknown: no effect. */
  public synchronized void delete(String name) {
    byName.remove(name);
  }

  /** What the metadata of an instance says about its future; empty outside of any group. */
  public synchronized Optional<String> targetLifecycleState(String instanceId) {
    return member(instanceId)
        .map(
            member ->
                switch (member.lifecycle()) {
                  case IN_SERVICE -> "InService";
                  case ENTERING_STANDBY, STANDBY -> "Standby";
                });
  }

  synchronized <T> T read(Function<Map<String, Group>, T> reader) {
    return reader.apply(byName);
  }

  synchronized <T> T change(String name, Function<Group, T> change) {
    return change.apply(require(name));
  }

  void standby(Group group, Group.Member member) {
    group.targetGroups.forEach(targetGroup -> deregister(targetGroup, member.instanceId()));
  }

  void attach(Group group, String targetGroup) {
    var arn =
        traffic
            .find(targetGroup)
            .map(TrafficControl.TargetGroup::arn)
            .orElseThrow(
                () ->
                    AwsError.badRequest(
                        "ValidationError",
                        "Provided Target Groups may not be valid. Please ensure they exist and try"
                            + " again."));
    if (group.targetGroups.add(arn)) {
      group.members.values().stream()
          .filter(member -> member.lifecycle().isActive())
          .forEach(member -> traffic.register(arn, member.instanceId()));
    }
  }

  void detach(Group group, String targetGroup) {
    if (group.targetGroups.remove(targetGroup)) {
      group.members.keySet().forEach(id -> deregister(targetGroup, id));
    }
  }

  void inService(Group group, Group.Member member) {
    group.targetGroups.forEach(targetGroup -> traffic.register(targetGroup, member.instanceId()));
  }

  private void deregister(String targetGroup, String instanceId) {
    if (traffic.find(targetGroup).isPresent()) { // a deleted one stays attached, as on AWS
      traffic.deregister(targetGroup, instanceId);
    }
  }

  private Optional<Group.Member> member(String instanceId) {
    return byName.values().stream()
        .flatMap(group -> Optional.ofNullable(group.members.get(instanceId)).stream())
        .findFirst();
  }

  private Group require(String name) {
    var group = byName.get(name);
    if (group == null) {
      throw AwsError.badRequest(
          "ValidationError",
          "AutoScalingGroup name not found - AutoScalingGroup " + name + " not found");
    }
    return group;
  }

  @Override
  public Optional<Instance> find(String instanceId) {
    return instances.find(instanceId).map(AutoScalingGroups::view);
  }

  @Override
  public List<Instance> all() {
    return instances.all().stream().map(AutoScalingGroups::view).toList();
  }

  @Override
  public synchronized boolean autoScalingGroupExists(String name) {
    return byName.containsKey(name);
  }

  @Override
  public List<Instance> inService(String autoScalingGroup) {
    List<String> ids;
    synchronized (this) {
      var group = byName.get(autoScalingGroup);
      ids =
          group == null
              ? List.of()
              : group.members.values().stream()
                  .filter(member -> member.lifecycle() == Group.Lifecycle.IN_SERVICE)
                  .map(Group.Member::instanceId)
                  .toList();
    }
    return ids.stream().flatMap(id -> find(id).stream()).toList();
  }

  private static Instance view(io.kodedeploy.simulator.ec2.Instance instance) {
    return new Instance(
        instance.id(),
        instance.availabilityZone(),
        instance.running() ? State.RUNNING : State.TERMINATED,
        instance.tags());
  }

  @Override
  public synchronized void reset() {
    byName.clear();
  }
}
