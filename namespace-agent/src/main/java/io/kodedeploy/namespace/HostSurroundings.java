package io.kodedeploy.namespace;

import io.kodedeploy.core.observe.AgentHealth;
import io.kodedeploy.core.observe.AgentMetrics;
import io.kodedeploy.namespace.catchup.CallBudget;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.cluster.KubernetesConfig;
import io.kodedeploy.namespace.run.BundleServer;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * What a process gives to one of its hosts. A host reads nothing else of its process.
 *
 * @param environment of the process
 * @param version of the agent
 * @param kubernetes the API server and the process's own account
 * @param api calls of that account
 * @param connections to the API server without an account, for many accounts
 * @param bundles where Jobs of all its namespaces fetch their files
 * @param budget of its hosts' calls to CodeDeploy together, where there are many
 * @param health where the host registers its requirements and loops
 * @param metrics whose series carry the host's {@code target_namespace}
 * @param lost runs when another agent has taken over this namespace; must end the host's work
 */
record HostSurroundings(
    Map<String, String> environment,
    String version,
    KubernetesConfig kubernetes,
    KubernetesApi api,
    KubernetesApi connections,
    BundleServer bundles,
    Optional<CallBudget> budget,
    AgentHealth health,
    AgentMetrics metrics,
    Clock clock,
    Runnable lost)
    implements AutoCloseable {
  HostSurroundings {
    environment = Map.copyOf(environment);
  }

  /** The same for one host of many. */
  HostSurroundings forHost(AgentHealth ownHealth, AgentMetrics ownMetrics, Runnable ownLoss) {
    return new HostSurroundings(
        environment,
        version,
        kubernetes,
        api,
        connections,
        bundles,
        budget,
        ownHealth,
        ownMetrics,
        clock,
        ownLoss);
  }

  /** Closes what the process shares among its hosts. */
  @Override
  public void close() {
    bundles.close();
    connections.close();
    api.close();
    metrics.close();
  }

  /** A variable that is there and says something. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }
}
