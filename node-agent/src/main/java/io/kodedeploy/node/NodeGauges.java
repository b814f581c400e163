package io.kodedeploy.node;

import io.kodedeploy.core.observe.AgentMetrics;
import io.kodedeploy.node.progress.ApplicationLedger;
import io.kodedeploy.node.progress.ApplicationState;
import io.kodedeploy.node.traffic.TargetHealth;
import io.kodedeploy.node.traffic.TargetStates;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** The gauges of applications and targets. One lock around everything. */
final class NodeGauges {
  private final AgentMetrics metrics;
  private final InstantSource clock;

  /** Target groups that have a series. */
  private final Set<String> groupsSeen = new HashSet<>();

  NodeGauges(AgentMetrics metrics, InstantSource clock) {
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Brings them up to date. */
  synchronized void refresh(ApplicationLedger ledger, TargetStates states) {
    var applications = ledger.read().values();
    Instant now = clock.instant();
    for (var stage : ApplicationState.Stage.values()) {
      metrics.applications(
          stage.name().toLowerCase(Locale.ROOT),
          (int) applications.stream().filter(a -> a.stage() == stage).count());
    }
    metrics.behind(
        applications.stream()
            .filter(a -> a.stage() != ApplicationState.Stage.CURRENT)
            .map(a -> Duration.between(a.since(), now))
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO));
    targets(states);
  }

  private void targets(TargetStates states) {
    var seen = states.snapshot();
    seen.keySet().forEach(t -> groupsSeen.add(t.group()));
    for (var group : groupsSeen) {
      for (var state : TargetHealth.State.values()) {
        metrics.targets(
            group,
            state.text(),
            (int)
                seen.entrySet().stream()
                    .filter(e -> e.getKey().group().equals(group))
                    .filter(e -> e.getValue().health().state() == state)
                    .count());
      }
    }
  }
}
