package io.kodedeploy.simulator.autoscaling;

import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.Xml;
import java.util.List;
import java.util.UUID;

/** Groups and their members as the API writes them. */
final class GroupXml {
  private GroupXml() {}

  static void group(Xml xml, Group group, Account account) {
    xml.text("AutoScalingGroupName", group.name)
        .text(
            "AutoScalingGroupARN",
            account.arn(
                "autoscaling",
                group.region,
                "autoScalingGroup:"
                    + UUID.nameUUIDFromBytes(
                        group.name.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    + ":autoScalingGroupName/"
                    + group.name))
        .number("MinSize", group.minimum)
        .number("MaxSize", group.maximum)
        .number("DesiredCapacity", group.desired)
        .number("DefaultCooldown", 300)
        .members(
            "AvailabilityZones",
            List.of(group.region + "a"),
            (member, zone) -> member.content(zone))
        .members("LoadBalancerNames", List.<String>of(), (_, _) -> {})
        .members("TargetGroupARNs", group.targetGroups, Xml::content)
        .text("HealthCheckType", "EC2")
        .number("HealthCheckGracePeriod", 300)
        .members(
            "Instances",
            group.members.values(),
            (member, instance) -> instance(member, instance, "Healthy"))
        .time("CreatedTime", group.created)
        .members(
            "SuspendedProcesses",
            group.suspended,
            (member, process) ->
                member.text("ProcessName", process).text("SuspensionReason", "User suspended"))
        .members(
            "Tags", group.tags.values(), (member, tag) -> TagCalls.tag(member, group.name, tag))
        .members("TerminationPolicies", List.of("Default"), Xml::content)
        .flag("NewInstancesProtectedFromScaleIn", false)
        .members(
            "TrafficSources",
            group.targetGroups,
            (member, arn) -> member.text("Identifier", arn).text("Type", "elbv2"));
  }

  /**
   * Health is written {@code Healthy} in groups and {@code HEALTHY} by
   * DescribeAutoScalingInstances.
   */
  static void instance(Xml xml, Group.Member member, String health) {
    xml.text("InstanceId", member.instanceId())
        .text("AvailabilityZone", member.zone())
        .text("LifecycleState", member.lifecycle().wire())
        .text("HealthStatus", health)
        .flag("ProtectedFromScaleIn", false);
  }
}
