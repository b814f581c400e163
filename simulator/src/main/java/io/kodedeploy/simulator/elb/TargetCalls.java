package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.ec2.Instances;
import io.kodedeploy.simulator.elb.TargetGroupSettings.TargetType;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.Parameters;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Targets: register, deregister, health. */
final class TargetCalls {
  private static final int MOST_TARGETS = 1000;

  private final Instances instances;

  TargetCalls(Instances instances) {
    this.instances = instances;
  }

  void register(Map<String, ElasticLoadBalancing.Call> calls) {
    calls.put("RegisterTargets", this::registerTargets);
    calls.put("DeregisterTargets", this::deregisterTargets);
    calls.put("DescribeTargetHealth", this::describeHealth);
  }

  private AwsResponse registerTargets(AwsRequest request, Parameters form, ElbRegion region) {
    var group = region.targetGroup(form.require("TargetGroupArn"));
    var keys = targets(form, group);
    var addresses = new ArrayList<InetSocketAddress>();
    for (var key : keys) {
      addresses.add(address(group, key)); // all are checked before any is registered
    }
    if (group.registered().size() + keys.size() > MOST_TARGETS) {
      throw io.kodedeploy.simulator.wire.AwsError.badRequest(
          "TooManyTargets", "A target group has at most " + MOST_TARGETS + " targets");
    }
    for (int i = 0; i < keys.size(); i++) {
      group.register(keys.get(i), addresses.get(i));
    }
    return ElasticLoadBalancing.done(request);
  }

  private AwsResponse deregisterTargets(AwsRequest request, Parameters form, ElbRegion region) {
    var group = region.targetGroup(form.require("TargetGroupArn"));
    targets(form, group).forEach(group::deregister);
    return ElasticLoadBalancing.done(request);
  }

  private AwsResponse describeHealth(AwsRequest request, Parameters form, ElbRegion region) {
    var group = region.targetGroup(form.require("TargetGroupArn"));
    Map<TargetKey, TargetHealth> health = group.health();
    if (!form.structure("Targets").isEmpty()) {
      var asked = new LinkedHashMap<TargetKey, TargetHealth>();
      for (var key : targets(form, group)) {
        if (!health.containsKey(key)) {
          checkExists(group, key);
        }
        asked.put(key, health.getOrDefault(key, TargetHealth.NOT_REGISTERED));
      }
      health = asked;
    }
    var shown = health.entrySet();
    var checkPort = group.settings().healthCheck().port();
    return ElasticLoadBalancing.result(
        request,
        xml ->
            xml.members(
                "TargetHealthDescriptions",
                shown,
                (member, entry) ->
                    member
                        .element(
                            "Target",
                            target ->
                                target
                                    .text("Id", entry.getKey().id())
                                    .number("Port", entry.getKey().port()))
                        .number("HealthCheckPort", checkPort.orElse(entry.getKey().port()))
                        .element(
                            "TargetHealth",
                            state -> {
                              state.text("State", entry.getValue().state().wire());
                              entry.getValue().reason().ifPresent(r -> state.text("Reason", r));
                              entry
                                  .getValue()
                                  .description()
                                  .ifPresent(d -> state.text("Description", d));
                            })));
  }

  private static List<TargetKey> targets(Parameters form, TargetGroup group) {
    var keys =
        form.structures("Targets").stream()
            .map(
                target ->
                    new TargetKey(
                        target.require("Id"),
                        target
                            .get("Port")
                            .map(text -> Names.number("Port", text, 1, 65535))
                            .orElse(group.settings().port())))
            .toList();
    if (keys.isEmpty()) {
      throw ElbErrors.validation("At least one target must be specified");
    }
    return keys;
  }

  /** Where requests for the target go; an instance must run, an address must be a loopback one. */
  InetSocketAddress address(TargetGroup group, TargetKey key) {
    if (group.settings().targetType() == TargetType.IP) {
      if (!key.id().matches("127(\\.\\d{1,3}){3}")) {
        throw ElbErrors.invalidTarget(
            "The address '" + key.id() + "' is not a loopback address, which the simulator needs");
      }
      return new InetSocketAddress(key.id(), key.port());
    }
    checkExists(group, key);
    var instance = instances.require(key.id());
    if (!instance.running()) {
      throw ElbErrors.invalidTarget(
          "The following targets are not in a running state and cannot be registered: '"
              + key.id()
              + "'");
    }
    return new InetSocketAddress(instance.address(), key.port());
  }

  private void checkExists(TargetGroup group, TargetKey key) {
    boolean known =
        group.settings().targetType() == TargetType.IP || instances.find(key.id()).isPresent();
    if (!known) {
      throw ElbErrors.invalidTarget("Instance ID '" + key.id() + "' is not valid");
    }
  }
}
