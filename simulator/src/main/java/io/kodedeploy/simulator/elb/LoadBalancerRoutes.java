package io.kodedeploy.simulator.elb;

import io.kodedeploy.simulator.wire.AdminRoutes;
import io.kodedeploy.simulator.wire.AdminRoutes.Reply;
import io.kodedeploy.simulator.wire.Json;
import tools.jackson.databind.node.ObjectNode;

/** {@code /_simulator/load-balancers}: what the data path counted. */
public final class LoadBalancerRoutes {
  private final ElasticLoadBalancing balancing;

  /** Shows these load balancers. */
  public LoadBalancerRoutes(ElasticLoadBalancing balancing) {
    this.balancing = balancing;
  }

  /** Adds the route. */
  public void register(AdminRoutes routes) {
    routes.add("GET", "/load-balancers", _ -> list());
  }

  private Reply list() {
    var list = Json.array();
    balancing.loadBalancers(LoadBalancerRoutes::json).forEach(list::add);
    return Reply.of(200, list);
  }

  private static ObjectNode json(LoadBalancer loadBalancer) {
    var counters = loadBalancer.counters;
    var node = Json.object().put("name", loadBalancer.name);
    // Of several listeners the first; without one there is nothing to ask yet.
    loadBalancer.listeners.values().stream().findFirst().ifPresent(l -> node.put("url", l.url()));
    node.put("requests", counters.requests());
    node.put("clientAborts", counters.clientAborts());
    var failures = node.putObject("failures");
    counters.failures().forEach(failures::put);
    var groups = node.putObject("targetGroups");
    counters.targetGroups().forEach(groups::put);
    return node;
  }
}
