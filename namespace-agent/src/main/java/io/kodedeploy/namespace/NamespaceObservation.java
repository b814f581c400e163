package io.kodedeploy.namespace;

import io.kodedeploy.core.command.CommandInfo;
import io.kodedeploy.core.command.CommandOutcome;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.observe.AgentMetrics;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.namespace.catchup.ApplicationStatus;
import io.kodedeploy.namespace.catchup.ApplicationStatus.State;
import io.kodedeploy.namespace.catchup.CatchUpService;
import io.kodedeploy.namespace.cluster.ClusterEvents;
import io.kodedeploy.namespace.cluster.EvictionGuard;
import io.kodedeploy.namespace.manifest.Drift;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Turns what catch-up does into metrics, and what the host does into Events and the guard of its
 * pod. Thread-safe.
 */
final class NamespaceObservation implements HostListener, CatchUpService.Observer {
  private final AgentMetrics metrics;
  private final ClusterEvents events;
  private final EvictionGuard eviction;
  private final Clock clock;
  private final Map<String, State> states = new ConcurrentHashMap<>();
  private final Map<String, List<Drift>> drifts = new ConcurrentHashMap<>();
  private volatile Optional<Duration> parity = Optional.empty();
  private volatile String catchUpProblem = "";
  private volatile Runnable recordChanged = () -> {};

  NamespaceObservation(
      AgentMetrics metrics, ClusterEvents events, EvictionGuard eviction, Clock clock) {
    this.metrics = metrics;
    this.events = events;
    this.eviction = eviction;
    this.clock = clock;
  }

  AgentMetrics metrics() {
    return metrics;
  }

  /** How long the last catch-up took to reach parity, if it was reached. */
  Optional<Duration> lastParity() {
    return parity;
  }

  /** Why catch-up cannot look, or empty. */
  String lastProblem() {
    return catchUpProblem;
  }

  /** Told whenever the host record may have changed. */
  void onRecordChange(Runnable changed) {
    recordChanged = changed;
  }

  @Override
  public void commandStarted(CommandInfo command) {
    eviction.begun(command.id());
  }

  @Override
  public void commandFinished(CommandInfo command, CommandOutcome outcome) {
    eviction.ended(command.id());
    if (outcome instanceof CommandOutcome.Failed failed) {
      events.write(
          ClusterEvents.Type.WARNING,
          "DeploymentFailed",
          name(command.spec())
              + " failed in "
              + command.event().name()
              + ": "
              + failed.code().id()
              + ": "
              + failed.message());
    }
  }

  @Override
  public void deploymentFinished(DeploymentSpec spec, boolean succeeded) {
    if (succeeded) {
      events.write(
          ClusterEvents.Type.NORMAL, "DeploymentSucceeded", name(spec) + " succeeded here");
    }
  }

  private static String name(DeploymentSpec spec) {
    return "deployment "
        + spec.deploymentId()
        + " of "
        + spec.applicationName()
        + " ("
        + spec.deploymentGroupName()
        + ")";
  }

  @Override
  public void statuses(Collection<ApplicationStatus> statuses) {
    for (var state : State.values()) {
      metrics.applications(
          state.word(), (int) statuses.stream().filter(one -> one.state() == state).count());
    }
    metrics.catchUpRemaining((int) statuses.stream().filter(one -> !one.settled()).count());
    metrics.behind(
        statuses.stream()
            .filter(one -> !one.settled())
            .map(one -> Duration.between(one.since(), clock.instant()))
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO));
    for (var one : statuses) {
      var before = states.put(one.application(), one.state());
      if (before != one.state() && one.state() == State.BEHIND) {
        events.write(
            ClusterEvents.Type.NORMAL,
            "Behind",
            one.application() + " is behind deployment " + one.wantedDeployment());
      }
    }
    recordChanged.run();
  }

  @Override
  public void parity(Duration elapsed) {
    parity = Optional.of(elapsed);
    metrics.catchUp(elapsed);
    metrics.catchUpRemaining(0);
  }

  @Override
  public void problem(String reason) {
    catchUpProblem = reason;
  }

  @Override
  public void drift(Map<String, List<Drift>> found) {
    metrics.drift(found.values().stream().mapToInt(List::size).sum());
    drifts.keySet().retainAll(found.keySet());
    found.forEach(
        (application, objects) -> {
          var before = drifts.put(application, objects);
          if (!objects.isEmpty() && !objects.equals(before)) {
            events.write(
                ClusterEvents.Type.WARNING,
                "Drift",
                "objects of "
                    + application
                    + " are not as they were applied: "
                    + objects.stream().map(Drift::toString).collect(Collectors.joining("; ")));
          }
        });
  }
}
