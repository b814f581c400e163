package io.kodedeploy.node;

import io.kodedeploy.core.command.HostStatus;
import io.kodedeploy.core.json.Json;
import io.kodedeploy.node.node.NodeCluster;
import io.kodedeploy.node.progress.ApplicationLedger;
import io.kodedeploy.node.progress.ApplicationState;
import io.kodedeploy.node.traffic.TrafficControl;
import java.time.Instant;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code /status} answers. */
final class NodeStatus {
  private NodeStatus() {}

  /** Before the node knows who it is. */
  static JsonNode starting(String version, String reason) {
    return Json.object()
        .put("agent", "node-agent")
        .put("version", version)
        .put("state", "starting")
        .put("reason", reason);
  }

  /** A working host. */
  static JsonNode of(
      String version,
      HostStatus host,
      ApplicationLedger ledger,
      TrafficControl traffic,
      NodeCluster cluster) {
    var root = Json.object();
    root.put("agent", "node-agent");
    root.put("version", version);
    root.put(
        "state",
        host.stopping() ? "stopping" : host.pollProblem().isPresent() ? "unreachable" : "polling");
    host.pollProblem().ifPresent(p -> root.put("reason", p));
    identity(root.putObject("host"), host);
    var running = root.putArray("commands");
    for (var command : host.running()) {
      running
          .addObject()
          .put("event", command.event())
          .put("deploymentId", command.deploymentId())
          .put("application", command.application())
          .put("deploymentGroup", command.deploymentGroup())
          .put("since", command.since().toString());
    }
    applications(root.putObject("applications"), ledger, traffic);
    var targets = root.putArray("targets");
    traffic
        .states()
        .snapshot()
        .forEach(
            (target, seen) ->
                targets
                    .addObject()
                    .put("targetGroup", target.group())
                    .put("arn", target.arn())
                    .put("port", target.port())
                    .put("state", seen.health().state().text())
                    .put("reason", seen.health().reason())
                    .put("description", seen.health().description())
                    .put("seen", seen.seen().toString()));
    root.put("kubernetes", cluster.state());
    return root;
  }

  private static void identity(ObjectNode node, HostStatus host) {
    node.put("identifier", host.hostIdentifier());
    node.put("region", host.region());
    node.put("identity", host.identity());
    node.put("endpoint", host.endpoint());
    host.lastPoll().map(Instant::toString).ifPresent(t -> node.put("lastPoll", t));
    host.lastGoodPoll().map(Instant::toString).ifPresent(t -> node.put("lastGoodPoll", t));
  }

  private static void applications(
      ObjectNode node, ApplicationLedger ledger, TrafficControl traffic) {
    var record = traffic.record();
    ledger
        .read()
        .forEach(
            (name, state) -> {
              var entry = node.putObject(name);
              entry.put("deploymentGroup", state.deploymentGroup());
              entry.put("state", state.stage().name().toLowerCase(Locale.ROOT));
              carried(entry.putObject("wanted"), state.wanted());
              state.installed().ifPresent(i -> carried(entry.putObject("installed"), i));
              if (!state.reason().isEmpty()) {
                entry.put("reason", state.reason());
                entry.put("remedy", state.remedy());
              }
              entry.put("since", state.since().toString());
              record
                  .application(name)
                  .ifPresent(
                      a -> {
                        entry.put("serving", a.serving());
                        var targets = entry.putArray("targetGroups");
                        for (var recorded : a.targets()) {
                          targets
                              .addObject()
                              .put("name", recorded.target().group())
                              .put("port", recorded.target().port())
                              .put("mode", recorded.managed() ? "manage" : "verify");
                        }
                      });
            });
  }

  private static void carried(ObjectNode node, ApplicationState.Carried carried) {
    node.put("deploymentId", carried.deploymentId());
    node.put("revision", carried.revision());
  }
}
