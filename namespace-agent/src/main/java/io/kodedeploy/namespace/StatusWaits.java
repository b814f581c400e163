package io.kodedeploy.namespace;

import io.kodedeploy.namespace.apply.CurrentWaits;
import io.kodedeploy.namespace.cluster.ApiTrouble;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a host waits for, in {@code /status}.
 *
 * @param calls to the API server, as each account's connections know it
 * @param namespace of the host
 * @param deployments in their apply
 */
record StatusWaits(List<ApiTrouble> calls, String namespace, CurrentWaits deployments) {
  StatusWaits {
    calls = List.copyOf(calls);
  }

  /** Calls that are put off or not answered. */
  void kubernetes(ObjectNode node) {
    calls.stream()
        .flatMap(each -> each.of(namespace).stream())
        .min(Comparator.comparing(ApiTrouble.Wait::since))
        .ifPresent(wait -> put(node, wait.reason(), wait.since()));
  }

  /** What a running command's deployment waits for. */
  void command(ObjectNode node, String deploymentId) {
    deployments.of(deploymentId).ifPresent(wait -> put(node, wait.reason(), wait.since()));
  }

  private static void put(ObjectNode node, String reason, Instant since) {
    node.put("waitsFor", reason.strip()).put("waitsSince", since.toString());
  }
}
