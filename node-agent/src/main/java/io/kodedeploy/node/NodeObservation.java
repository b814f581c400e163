package io.kodedeploy.node;

import io.kodedeploy.core.command.CommandInfo;
import io.kodedeploy.core.command.CommandOutcome;
import io.kodedeploy.core.command.Host;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.PollResult;
import io.kodedeploy.core.observe.AgentHealth;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Turns what a host does into metrics and health. Safe for use by many threads. */
final class NodeObservation implements HostListener {
  /** A poll may be held for the read timeout, and one failure is no reason to be taken out. */
  private static final Duration POLL_SLACK = Duration.ofMinutes(1);

  private final AgentMetrics metrics;
  private final InstantSource clock;
  private final Map<String, Instant> begins = new ConcurrentHashMap<>();

  /** Target groups that have a series; guarded by this. */
  private final Set<String> groupsSeen = new HashSet<>();

  NodeObservation(AgentMetrics metrics, InstantSource clock) {
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Asks the host from now on. */
  void watch(Host host, Duration readTimeout, AgentHealth health) {
    Duration limit = readTimeout.multipliedBy(2).plus(POLL_SLACK);
    metrics.pollAge(
        () -> host.status().lastGoodPoll().map(t -> Duration.between(t, clock.instant())));
    metrics.commandRunning(
        () ->
            host.status().running().stream()
                .map(r -> Duration.between(r.since(), clock.instant()))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO));
    health.require("poll", () -> pollProblem(host, limit));
  }

  private Optional<String> pollProblem(Host host, Duration limit) {
    var status = host.status();
    if (status.stopping()) {
      return Optional.of("the agent is stopping");
    }
    if (status.pollProblem().isPresent()) {
      return status.pollProblem();
    }
    if (status.lastGoodPoll().isEmpty()) {
      return Optional.of("no poll has been answered yet");
    }
    Duration age = Duration.between(status.lastGoodPoll().get(), clock.instant());
    return age.compareTo(limit) > 0
        ? Optional.of("the last good poll was " + age.toSeconds() + " s ago")
        : Optional.empty();
  }

  @Override
  public void polled(PollResult result) {
    metrics.poll(
        switch (result) {
          case PollResult.Idle() -> "idle";
          case PollResult.Received _ -> "received";
          case PollResult.Dropped _ -> "dropped";
          case PollResult.Failed(var code, _) -> code.id();
        });
  }

  @Override
  public void commandStarted(CommandInfo command) {
    begins.put(command.id(), clock.instant());
  }

  @Override
  public void commandFinished(CommandInfo command, CommandOutcome outcome) {
    var begin = begins.remove(command.id());
    metrics.command(
        known(command),
        switch (outcome) {
          case CommandOutcome.Succeeded _ -> "succeeded";
          case CommandOutcome.Failed failed -> failed.code().id();
        },
        begin == null ? Duration.ZERO : Duration.between(begin, clock.instant()));
  }

  /** Only names from the specification become labels; others come from outside. */
  private static String known(CommandInfo command) {
    return command.event().builtIn() || command.event().hook() ? command.event().name() : "other";
  }

  /** Brings the gauges of applications and targets up to date; called before they are read. */
  void refresh(ApplicationLedger ledger, TargetStates states) {
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

  private synchronized void targets(TargetStates states) {
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
