package io.kodedeploy.simulator.codedeploy;

import io.kodedeploy.simulator.wire.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A deployment group and what has happened in it. Guarded by the lock of {@link State}. */
final class DeploymentGroup {

  /**
   * What the group knows of one instance (1.5.2).
   *
   * @param revision last successful revision; empty when unknown
   */
  record InstanceHealth(boolean healthy, Optional<Revision> revision) {
    static final InstanceHealth NEVER_DEPLOYED = new InstanceHealth(false, Optional.empty());
  }

  final String id = UUID.randomUUID().toString();
  final Application application;
  final Map<String, String> tags = new TreeMap<>();

  /** By the instance's ARN. */
  final Map<String, InstanceHealth> health = new HashMap<>();

  String name;
  GroupSettings settings;
  @Nullable Deployment active;
  @Nullable Deployment lastAttempted;
  @Nullable Deployment lastSuccessful;

  DeploymentGroup(Application application, String name, GroupSettings settings) {
    this.application = application;
    this.name = name;
    this.settings = settings;
  }

  Optional<Revision> targetRevision() {
    return Optional.ofNullable(lastSuccessful).map(d -> d.order.revision());
  }

  InstanceHealth healthOf(String arn) {
    return health.getOrDefault(arn, InstanceHealth.NEVER_DEPLOYED);
  }

  ObjectNode json() {
    var node =
        Json.object()
            .put("applicationName", application.name)
            .put("deploymentGroupId", id)
            .put("deploymentGroupName", name)
            .put("deploymentConfigName", settings.configName());
    node.set("ec2TagFilters", TagFilter.json(settings.ec2Filters()));
    node.set("onPremisesInstanceTagFilters", TagFilter.json(settings.onPremisesFilters()));
    var scaling = node.putArray("autoScalingGroups");
    settings.autoScalingGroups().forEach(asg -> scaling.add(Json.object().put("name", asg)));
    node.put("serviceRoleArn", settings.serviceRoleArn());
    targetRevision().ifPresent(r -> node.set("targetRevision", r.json()));
    node.putArray("triggerConfigurations");
    settings.rollback().ifPresent(r -> node.set("autoRollbackConfiguration", r.json()));
    node.set("deploymentStyle", Deployment.style(settings.trafficControl()));
    node.put("outdatedInstancesStrategy", settings.outdatedStrategy());
    settings.loadBalancer().ifPresent(b -> node.set("loadBalancerInfo", b.deepCopy()));
    if (!settings.ec2Set().isEmpty()) {
      node.putObject("ec2TagSet").set("ec2TagSetList", TagFilter.jsonSet(settings.ec2Set()));
    }
    if (!settings.onPremisesSet().isEmpty()) {
      node.putObject("onPremisesTagSet")
          .set("onPremisesTagSetList", TagFilter.jsonSet(settings.onPremisesSet()));
    }
    node.put("computePlatform", "Server").put("terminationHookEnabled", false);
    if (lastSuccessful != null) {
      node.set("lastSuccessfulDeployment", lastSuccessful.summary());
    }
    if (lastAttempted != null) {
      node.set("lastAttemptedDeployment", lastAttempted.summary());
    }
    return node;
  }
}
