package io.kodedeploy.simulator.world;

import io.kodedeploy.simulator.wire.AdminRoutes;
import io.kodedeploy.simulator.wire.AdminRoutes.Call;
import io.kodedeploy.simulator.wire.AdminRoutes.Refused;
import io.kodedeploy.simulator.wire.AdminRoutes.Reply;
import io.kodedeploy.simulator.wire.Json;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /_simulator/clusters}. */
public final class ClusterRoutes {
  private final Clusters clusters;

  /** Administers these clusters. */
  public ClusterRoutes(Clusters clusters) {
    this.clusters = clusters;
  }

  /** Adds the routes. */
  public void register(AdminRoutes routes) {
    routes.add("POST", "/clusters", this::create);
    routes.add("GET", "/clusters", _ -> list());
    routes.add("GET", "/clusters/{name}", call -> show(200, name(call)));
    routes.add("DELETE", "/clusters/{name}", this::delete);
    routes.add("POST", "/clusters/{name}/nodes", this::addNodes);
    routes.add("DELETE", "/clusters/{name}/nodes/{node}", this::removeNode);
  }

  private Reply create(Call call) {
    var name = call.text("name");
    var environment = Optional.ofNullable(call.body().get("environment")).map(JsonNode::asString);
    clusters.create(name, environment.orElse(""), count(call, "nodes", 1));
    return show(201, name);
  }

  private Reply list() {
    var list = Json.array();
    clusters.list(ClusterRoutes::json).forEach(list::add);
    return Reply.of(200, list);
  }

  private Reply delete(Call call) {
    clusters.delete(name(call));
    return Reply.nothing();
  }

  private Reply addNodes(Call call) {
    clusters.addNodes(name(call), count(call, "count", 1));
    return show(201, name(call));
  }

  private Reply removeNode(Call call) {
    clusters.removeNode(name(call), call.path().getOrDefault("node", ""));
    return Reply.nothing();
  }

  private Reply show(int status, String name) {
    return Reply.of(status, clusters.view(name, ClusterRoutes::json));
  }

  private static ObjectNode json(Clusters.Running running) {
    var cluster = running.cluster();
    var node =
        Json.object()
            .put("name", cluster.name)
            .put("environment", cluster.environment)
            .put("autoScalingGroup", cluster.autoScalingGroup())
            .put("kubernetesUrl", running.kubernetes().url())
            .put("kubeconfig", running.kubernetes().kubeconfig());
    var nodes = node.putArray("nodes");
    for (var worker : cluster.workers.values()) {
      nodes
          .addObject()
          .put("name", worker.instance().hostName())
          .put("instanceId", worker.instance().id())
          .put("address", worker.instance().address())
          .put("metadataUrl", worker.metadata().url());
    }
    return node;
  }

  private static String name(Call call) {
    return call.path().getOrDefault("name", "");
  }

  private static int count(Call call, String member, int otherwise) {
    var value = Optional.ofNullable(call.body().get(member));
    if (value.isPresent() && !value.get().isIntegralNumber()) {
      throw new Refused(400, "\"" + member + "\" must be a whole number");
    }
    return value.map(JsonNode::asInt).orElse(otherwise);
  }
}
