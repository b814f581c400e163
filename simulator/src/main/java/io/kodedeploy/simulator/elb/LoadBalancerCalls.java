package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.LoopbackAddress;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Xml;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Load balancers: create, describe, attributes, delete. */
final class LoadBalancerCalls {
  private static final int MOST = 253;

  private final SimulatorClock clock;

  LoadBalancerCalls(SimulatorClock clock) {
    this.clock = clock;
  }

  void register(Map<String, ElasticLoadBalancing.Call> calls) {
    calls.put("CreateLoadBalancer", this::create);
    calls.put("DescribeLoadBalancers", this::describe);
    calls.put("DeleteLoadBalancer", this::delete);
    calls.put("DescribeLoadBalancerAttributes", this::describeAttributes);
    calls.put("ModifyLoadBalancerAttributes", this::modifyAttributes);
  }

  private AwsResponse create(AwsRequest request, Parameters form, ElbRegion region) {
    var name = form.require("Name");
    Names.check("Load balancer", name);
    var type = form.get("Type").orElse("application");
    if (!type.equals("application")) {
      throw AwsError.badRequest(
          "InvalidConfigurationRequest",
          "The simulator has application load balancers only, not " + type);
    }
    var scheme = form.get("Scheme").orElse("internet-facing");
    var subnets = form.list("Subnets");
    var existing =
        region.loadBalancers.values().stream().filter(lb -> lb.name.equals(name)).findFirst();
    if (existing.isPresent()) {
      if (!existing.get().scheme.equals(scheme) || !existing.get().subnets.equals(subnets)) {
        throw AwsError.badRequest(
            "DuplicateLoadBalancerName",
            "A load balancer with the same name '"
                + name
                + "' exists, but with different settings");
      }
      return answer(request, List.of(existing.get()));
    }
    var arn = region.arn("loadbalancer/app/" + name + "/" + ElbRegion.newId());
    var created =
        new LoadBalancer(
            arn, name, scheme, subnets, form.list("SecurityGroups"), clock.now(), address());
    region.loadBalancers.put(arn, created);
    region.tag(arn, TagCalls.tags(form));
    return answer(request, List.of(created));
  }

  private static LoopbackAddress address() {
    try {
      for (int i = 1; i <= MOST; i++) {
        var address = LoopbackAddress.reserve("127.0.200." + i);
        if (address.isPresent()) {
          return address.get();
        }
      }
    } catch (LoopbackAddress.Unavailable e) {
      throw AwsError.badRequest("InvalidConfigurationRequest", String.valueOf(e.getMessage()));
    }
    throw AwsError.badRequest(
        "TooManyLoadBalancers", "All addresses 127.0.200.x of this machine are in use");
  }

  private AwsResponse describe(AwsRequest request, Parameters form, ElbRegion region) {
    var arns = form.list("LoadBalancerArns");
    var names = form.list("Names");
    arns.forEach(region::loadBalancer);
    for (var name : names) {
      if (region.loadBalancers.values().stream().noneMatch(lb -> lb.name.equals(name))) {
        throw ElbErrors.loadBalancerNotFound(name);
      }
    }
    return answer(
        request,
        region.loadBalancers.values().stream()
            .filter(lb -> arns.isEmpty() || arns.contains(lb.arn))
            .filter(lb -> names.isEmpty() || names.contains(lb.name))
            .toList());
  }

  private AwsResponse delete(AwsRequest request, Parameters form, ElbRegion region) {
    var removed = region.loadBalancers.remove(form.require("LoadBalancerArn"));
    if (removed != null) {
      removed.close();
      region.tags.remove(removed.arn);
      region.updateUse();
    }
    return ElasticLoadBalancing.done(request);
  }

  private AwsResponse describeAttributes(AwsRequest request, Parameters form, ElbRegion region) {
    return attributes(request, region.loadBalancer(form.require("LoadBalancerArn")).attributes);
  }

  private AwsResponse modifyAttributes(AwsRequest request, Parameters form, ElbRegion region) {
    var loadBalancer = region.loadBalancer(form.require("LoadBalancerArn"));
    var attributes = loadBalancer.attributes;
    for (var attribute : form.structures("Attributes")) {
      var key = attribute.require("Key");
      var value = attribute.get("Value").orElse("");
      if (!attributes.containsKey(key)) {
        throw ElbErrors.validation("Load balancer attribute key '" + key + "' is not recognized");
      }
      if (key.equals(LoadBalancer.IDLE_TIMEOUT) && !Names.isBetween(value, 1, 4000)) {
        throw ElbErrors.validation(
            "Load balancer attribute '" + key + "' must be between 1 and 4000, not " + value);
      }
      attributes.put(key, value);
      if (key.equals(LoadBalancer.IDLE_TIMEOUT)) {
        loadBalancer.idleTimeout(Duration.ofSeconds(Integer.parseInt(value)));
      }
    }
    return attributes(request, attributes);
  }

  static AwsResponse attributes(AwsRequest request, Map<String, String> attributes) {
    return ElasticLoadBalancing.result(
        request,
        xml ->
            xml.members(
                "Attributes",
                attributes.entrySet(),
                (member, entry) ->
                    member.text("Key", entry.getKey()).text("Value", entry.getValue())));
  }

  private static AwsResponse answer(AwsRequest request, List<LoadBalancer> found) {
    return ElasticLoadBalancing.result(
        request, xml -> xml.members("LoadBalancers", found, LoadBalancerCalls::write));
  }

  private static void write(Xml xml, LoadBalancer loadBalancer) {
    xml.text("LoadBalancerArn", loadBalancer.arn)
        .text("DNSName", loadBalancer.address.text())
        .text("CanonicalHostedZoneId", "Z1H1FL5HABSF5")
        .time("CreatedTime", loadBalancer.created)
        .text("LoadBalancerName", loadBalancer.name)
        .text("Scheme", loadBalancer.scheme)
        .text("VpcId", Names.VPC)
        .element("State", state -> state.text("Code", "active"))
        .text("Type", "application")
        .members(
            "AvailabilityZones",
            loadBalancer.subnets,
            (member, subnet) -> member.text("ZoneName", "a").text("SubnetId", subnet))
        .members("SecurityGroups", loadBalancer.securityGroups, Xml::content)
        .text("IpAddressType", "ipv4");
  }
}
