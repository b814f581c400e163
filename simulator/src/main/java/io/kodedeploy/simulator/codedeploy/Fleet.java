package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.codedeploy.InstanceDirectory.Instance;
import io.kodedeploy.simulator.wire.Account;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds the instances of a deployment and puts them in order (1.7, 1.5.2). */
final class Fleet {

  /**
   * One instance.
   *
   * @param host how the host calls itself when it polls
   */
  record Member(String id, String arn, String host, boolean onPremises) {}

  private final State state;
  private final InstanceDirectory instances;
  private final Account account;

  Fleet(State state, InstanceDirectory instances, Account account) {
    this.state = state;
    this.instances = instances;
    this.account = account;
  }

  /** Every instance that the settings select now, by id. */
  List<Member> resolve(GroupSettings settings, String region) {
    var members = new TreeMap<String, Member>();
    for (var instance : instances.all()) {
      var selected =
          TagFilter.any(settings.ec2Filters(), instance.tags())
              || TagFilter.every(settings.ec2Set(), instance.tags());
      if (selected && exists(instance)) {
        add(members, instance, region);
      }
    }
    for (var group : settings.autoScalingGroups()) {
      instances.inService(group).forEach(i -> add(members, i, region));
    }
    for (var instance : state.instances.values()) {
      var selected =
          TagFilter.any(settings.onPremisesFilters(), instance.tags)
              || TagFilter.every(settings.onPremisesSet(), instance.tags);
      if (selected && instance.isRegistered()) {
        members.put(
            instance.name, new Member(instance.name, instance.arn, instance.identityArn, true));
      }
    }
    return List.copyOf(members.values());
  }

  private static boolean exists(Instance instance) {
    return switch (instance.state()) {
      case PENDING, RUNNING, STOPPING, STOPPED -> true;
      case SHUTTING_DOWN, TERMINATED -> false;
    };
  }

  private void add(Map<String, Member> members, Instance instance, String region) {
    var arn = account.arn("ec2", region, "instance/" + instance.instanceId());
    members.put(instance.instanceId(), new Member(instance.instanceId(), arn, arn, false));
  }

  /** Those whose last successful revision in this group is another one. */
  static List<Member> outdated(List<Member> members, DeploymentGroup group, Revision revision) {
    return members.stream()
        .filter(m -> !group.healthOf(m.arn()).revision().equals(Optional.of(revision)))
        .toList();
  }

  /** Unhealthy first, then unknown, old, current; ties by id. */
  static List<Target> inOrder(Deployment deployment) {
    var order = new ArrayList<>(deployment.all());
    order.sort(
        Comparator.<Target>comparingInt(t -> rank(deployment.group, t.member.arn()))
            .thenComparing(t -> t.member.id()));
    return order;
  }

  private static int rank(DeploymentGroup group, String arn) {
    var health = group.healthOf(arn);
    if (!health.healthy()) {
      return 0;
    }
    if (health.revision().isEmpty()) {
      return 1;
    }
    return health.revision().equals(group.targetRevision()) ? 3 : 2;
  }
}
