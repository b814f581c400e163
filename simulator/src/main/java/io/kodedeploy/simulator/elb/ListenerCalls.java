package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.http.HttpEndpoint;
import io.kodedeploy.simulator.wire.AwsError;
import io.kodedeploy.simulator.wire.AwsRequest;
import io.kodedeploy.simulator.wire.AwsResponse;
import io.kodedeploy.simulator.wire.Parameters;
import io.kodedeploy.simulator.wire.Xml;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Listeners: create, describe, modify, delete. */
final class ListenerCalls {
  private static final Duration CLIENT_IDLE = Duration.ofSeconds(60);
  private static final Duration CLOSING_GRACE = Duration.ofSeconds(2);

  void register(Map<String, ElasticLoadBalancing.Call> calls) {
    calls.put("CreateListener", this::create);
    calls.put("DescribeListeners", this::describe);
    calls.put("ModifyListener", this::modify);
    calls.put("DeleteListener", this::delete);
  }

  private AwsResponse create(AwsRequest request, Parameters form, ElbRegion region) {
    var loadBalancer = region.loadBalancer(form.require("LoadBalancerArn"));
    var protocol = form.get("Protocol").orElse("");
    if (!protocol.equals("HTTP")) {
      throw AwsError.badRequest(
          "UnsupportedProtocol", "The simulator's listeners speak HTTP, not '" + protocol + "'");
    }
    int port = Names.number("Port", form.get("Port").orElse(""), 1, 65535);
    if (loadBalancer.listeners.values().stream().anyMatch(l -> l.port == port)) {
      throw AwsError.badRequest(
          "DuplicateListener",
          "A listener already exists on this port for this load balancer '"
              + loadBalancer.arn
              + "'");
    }
    var actions = ActionForm.read(form.structures("DefaultActions"), loadBalancer, region);
    var base = loadBalancer.arn.replace(":loadbalancer/", ":listener/");
    var arn = base + "/" + ElbRegion.newId();
    var defaultRule = new ListenerRule(ruleArn(arn), OptionalInt.empty(), List.of(), actions);
    var routing = new Routing(List.of(defaultRule), region::targetGroup);
    var traffic = new ListenerTraffic(loadBalancer, port, routing);
    var endpoint = bind(new InetSocketAddress(loadBalancer.address.text(), port), traffic);
    var listener = new Listener(arn, loadBalancer, List.of(defaultRule), traffic, endpoint);
    loadBalancer.listeners.put(arn, listener);
    region.tag(arn, TagCalls.tags(form));
    region.updateUse();
    return answer(request, List.of(listener));
  }

  static String ruleArn(String listenerArn) {
    return listenerArn.replace(":listener/", ":listener-rule/") + "/" + ElbRegion.newId();
  }

  private static HttpEndpoint bind(InetSocketAddress address, ListenerTraffic traffic) {
    try {
      return HttpEndpoint.open(address, traffic, CLIENT_IDLE, CLOSING_GRACE);
    } catch (IOException e) {
      throw AwsError.badRequest(
          "InvalidConfigurationRequest",
          "The simulator cannot listen on "
              + address.getHostString()
              + ":"
              + address.getPort()
              + ": "
              + e.getMessage()
              + (address.getPort() < 1024 ? " (ports below 1024 may need privileges)" : ""));
    }
  }

  private AwsResponse describe(AwsRequest request, Parameters form, ElbRegion region) {
    var arns = form.list("ListenerArns");
    if (!arns.isEmpty()) {
      return answer(request, arns.stream().map(region::listener).toList());
    }
    var loadBalancer = region.loadBalancer(form.require("LoadBalancerArn"));
    return answer(request, List.copyOf(loadBalancer.listeners.values()));
  }

  private AwsResponse modify(AwsRequest request, Parameters form, ElbRegion region) {
    var listener = region.listener(form.require("ListenerArn"));
    var port = form.get("Port");
    if (port.isPresent() && !port.get().equals(Integer.toString(listener.port))) {
      throw AwsError.badRequest(
          "InvalidConfigurationRequest", "The simulator does not change a listener's port");
    }
    var structures = form.structures("DefaultActions");
    if (!structures.isEmpty()) {
      var actions = ActionForm.read(structures, listener, region);
      var rules = new ArrayList<>(listener.rules());
      rules.set(rules.size() - 1, listener.defaultRule().withActions(actions));
      listener.follow(rules, region::targetGroup);
      region.updateUse();
    }
    return answer(request, List.of(listener));
  }

  private AwsResponse delete(AwsRequest request, Parameters form, ElbRegion region) {
    var listener = region.listener(form.require("ListenerArn"));
    listener.loadBalancer.listeners.remove(listener.arn);
    listener.close();
    region.tags.remove(listener.arn);
    region.updateUse();
    return ElasticLoadBalancing.done(request);
  }

  private static AwsResponse answer(AwsRequest request, List<Listener> found) {
    return ElasticLoadBalancing.result(
        request, xml -> xml.members("Listeners", found, ListenerCalls::write));
  }

  private static void write(Xml xml, Listener listener) {
    xml.text("ListenerArn", listener.arn)
        .text("LoadBalancerArn", listener.loadBalancer.arn)
        .number("Port", listener.port)
        .text("Protocol", "HTTP")
        .members("DefaultActions", listener.defaultRule().actions(), ActionForm::write);
  }
}
