package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.codedeploy.TrafficControl;
import io.kodedeploy.simulator.ec2.Instances;
import java.util.Locale;
import java.util.Optional;

/** Registrations that CodeDeploy and Auto Scaling make, in the account's own region. */
public final class DeploymentTraffic implements TrafficControl {
  private final ElbRegion region;
  private final TargetCalls targets;

  /** Acts on the target groups of that region. */
  public DeploymentTraffic(ElasticLoadBalancing balancing, String region, Instances instances) {
    this.region = balancing.region(region);
    this.targets = new TargetCalls(instances);
  }

  @Override
  public Optional<TargetGroup> find(String targetGroup) {
    synchronized (region) {
      return lookUp(targetGroup)
          .map(io.kodedeploy.simulator.elb.TargetGroup::settings)
          .map(
              settings ->
                  new TargetGroup(
                      settings.name(),
                      settings.arn(),
                      settings.targetType().name().toLowerCase(Locale.ROOT)));
    }
  }

  @Override
  public void register(String targetGroup, String instanceId) {
    synchronized (region) {
      var group = require(targetGroup);
      var key = new TargetKey(instanceId, group.settings().port());
      group.register(key, targets.address(group, key));
    }
  }

  @Override
  public void deregister(String targetGroup, String instanceId) {
    synchronized (region) {
      var group = require(targetGroup);
      group.deregister(new TargetKey(instanceId, group.settings().port()));
    }
  }

  @Override
  public Health health(String targetGroup, String instanceId) {
    synchronized (region) {
      var group = require(targetGroup);
      var health = group.health(new TargetKey(instanceId, group.settings().port()));
      return new Health(State.valueOf(health.state().name()), health.reason().orElse(""));
    }
  }

  private Optional<io.kodedeploy.simulator.elb.TargetGroup> lookUp(String nameOrArn) {
    return Optional.ofNullable(region.targetGroups.get(nameOrArn))
        .or(() -> region.targetGroupNamed(nameOrArn));
  }

  private io.kodedeploy.simulator.elb.TargetGroup require(String nameOrArn) {
    return lookUp(nameOrArn).orElseThrow(ElbErrors::targetGroupNotFound);
  }
}
