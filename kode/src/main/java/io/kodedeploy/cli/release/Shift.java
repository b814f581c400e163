package io.kodedeploy.cli.release;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a release moves traffic and proves it.
 *
 * @param steps percentages, rising, the last one 100
 * @param bake how long each step is watched
 * @param timeout how long the deployment to the nodes may take
 * @param probes through the load balancer
 */
record Shift(List<Integer> steps, Duration bake, Duration timeout, Optional<Probes> probes) {
  Shift {
    steps = List.copyOf(steps);
  }
}
