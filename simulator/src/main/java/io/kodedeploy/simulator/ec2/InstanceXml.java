package io.kodedeploy.simulator.ec2;

import io.kodedeploy.simulator.wire.Account;
import io.kodedeploy.simulator.wire.Xml;
import java.util.TreeMap;

/** An instance as DescribeInstances writes it. */
final class InstanceXml {
  private InstanceXml() {}

  static void reservation(Xml xml, Instance instance, Account account) {
    xml.text("reservationId", "r-0" + instance.id().substring(3))
        .text("ownerId", account.id())
        .items("groupSet", "item", java.util.List.<String>of(), (_, _) -> {})
        .element(
            "instancesSet", set -> set.element("item", item -> instance(item, instance, account)));
  }

  private static void instance(Xml xml, Instance instance, Account account) {
    xml.text("instanceId", instance.id())
        .text("imageId", Instance.IMAGE)
        .element(
            "instanceState",
            state ->
                state
                    .number("code", instance.running() ? 16 : 48)
                    .text("name", instance.running() ? "running" : "terminated"))
        .text("instanceType", Instance.TYPE)
        .text("architecture", "arm64")
        .time("launchTime", instance.launched())
        .element(
            "placement",
            placement ->
                placement
                    .text("availabilityZone", instance.availabilityZone())
                    .text("tenancy", "default"));
    if (instance.running()) {
      xml.text("privateIpAddress", instance.address())
          .text(
              "privateDnsName", instance.hostName() + "." + instance.region() + ".compute.internal")
          .text("vpcId", Instance.VPC)
          .text("subnetId", Instance.SUBNET);
    }
    instance
        .role()
        .ifPresent(
            role ->
                xml.element(
                    "iamInstanceProfile",
                    profile ->
                        profile.text("arn", account.arn("iam", "", "instance-profile/" + role))));
    xml.items(
            "tagSet",
            "item",
            new TreeMap<>(instance.tags()).entrySet(),
            (item, tag) -> item.text("key", tag.getKey()).text("value", tag.getValue()))
        .element("metadataOptions", options -> metadataOptions(options, instance));
  }

  static void metadataOptions(Xml xml, Instance instance) {
    xml.text("state", "applied")
        .text("httpTokens", instance.metadataOptions().tokensRequired() ? "required" : "optional")
        .number("httpPutResponseHopLimit", 1)
        .text("httpEndpoint", "enabled")
        .text("instanceMetadataTags", instance.metadataOptions().tags() ? "enabled" : "disabled");
  }
}
