package io.kodedeploy.simulator.kubernetes;

import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.world.KubernetesClusters;
import java.util.List;

/** Starts in-memory clusters. Stateless: who starts a cluster closes it. */
public final class InMemoryKubernetes implements KubernetesClusters {
  private final SimulatorClock clock;

  /** All delays of the clusters run on this clock. */
  public InMemoryKubernetes(SimulatorClock clock) {
    this.clock = clock;
  }

  @Override
  public Cluster start(String clusterName, List<Node> nodes) {
    return new InMemoryCluster(clusterName, nodes, clock);
  }
}
