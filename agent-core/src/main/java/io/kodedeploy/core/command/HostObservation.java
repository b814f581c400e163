package io.kodedeploy.core.command;

import io.kodedeploy.core.command.CommandOutcome.Failed;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.identity.HostIdentity;
import io.kodedeploy.core.observe.AgentHealth;
import io.kodedeploy.core.observe.AgentMetrics;
import io.kodedeploy.core.spec.DeploymentSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Turns what a host does into health and metrics: give it to {@link Host#open} as listener.
 * Readiness has the requirements {@code poll} and {@code credentials}; liveness watches the loop
 * {@code poll}. Safe for many threads.
 */
public final class HostObservation implements HostListener {
  /** Longer than any long poll with its pause. */
  private static final Duration LATELY = Duration.ofMinutes(3);

  private static final Duration LOOP_LIMIT = Duration.ofMinutes(5);

  /** A first poll that has been held this long has been accepted: refusals come at once. */
  private static final Duration HELD = Duration.ofSeconds(20);

  private final AgentMetrics metrics;
  private final InstantSource clock;
  private final AgentHealth.Loop loop;
  private final Map<String, Instant> running = new ConcurrentHashMap<>();
  private volatile BooleanSupplier stopping = () -> false;
  private volatile BooleanSupplier standby = () -> false;
  private volatile Optional<Instant> begun = Optional.empty();
  private volatile Optional<Instant> lastGood = Optional.empty();
  private volatile Optional<PollResult.Failed> problem = Optional.empty();

  /** Registers its requirements and gauges. */
  public HostObservation(AgentHealth health, AgentMetrics metrics, InstantSource clock) {
    this.metrics = metrics;
    this.clock = clock;
    this.loop = health.loop("poll", LOOP_LIMIT);
    health.require("poll", this::pollProblem);
    health.require("credentials", this::credentialsProblem);
    metrics.pollAge(() -> lastGood.map(this::since));
    metrics.commandRunning(
        () ->
            running.values().stream()
                .min(Comparator.naturalOrder())
                .map(this::since)
                .orElse(Duration.ZERO));
  }

  /**
   * Publishes when the credentials of the host expire; ones that cannot be had now give no number.
   *
   * @param toldToStop ends readiness, {@link Host#stopping}
   */
  public void watch(HostIdentity identity, BooleanSupplier toldToStop) {
    metrics.credentialsExpiry(identity::credentialsExpiry);
    stopping = toldToStop;
  }

  /**
   * A host that waits for another one's place polls nothing and is well.
   *
   * @param waits whether it does now
   */
  public void standsBy(BooleanSupplier waits) {
    standby = waits;
  }

  /** The process moves, though the loop does not run yet. */
  public void waiting() {
    loop.beat();
  }

  private Optional<String> pollProblem() {
    if (standby.getAsBoolean() && !stopping.getAsBoolean()) {
      return Optional.empty();
    }
    if (stopping.getAsBoolean()) {
      return Optional.of("the agent is stopping");
    }
    if (problem.isPresent()) {
      return Optional.of(
          problem.get().code().id()
              + ": "
              + problem.get().reason()
              + " - "
              + problem.get().code().remedy());
    }
    if (lastGood.isPresent()) {
      var age = since(lastGood.get());
      return running.isEmpty() && age.compareTo(LATELY) > 0
          ? Optional.of("the last good poll was " + age.toSeconds() + " s ago")
          : Optional.empty();
    }
    return begun.filter(start -> since(start).compareTo(HELD) > 0).isPresent()
        ? Optional.empty()
        : Optional.of("no poll was answered yet");
  }

  private Optional<String> credentialsProblem() {
    return problem
        .filter(
            p ->
                p.code() == ErrorCode.CREDENTIALS_UNAVAILABLE
                    || p.code() == ErrorCode.SERVICE_DENIED)
        .map(PollResult.Failed::reason);
  }

  private Duration since(Instant when) {
    return Duration.between(when, clock.instant());
  }

  @Override
  public void loopTurned() {
    loop.beat();
    if (begun.isEmpty()) {
      begun = Optional.of(clock.instant());
    }
  }

  @Override
  public void polled(PollResult result) {
    switch (result) {
      case PollResult.Failed failed -> {
        problem = Optional.of(failed);
        metrics.poll(failed.code().id());
      }
      case PollResult.Idle _ -> good("idle");
      case PollResult.Received _ -> good("received");
      case PollResult.Dropped _ -> good("dropped");
    }
  }

  private void good(String result) {
    problem = Optional.empty();
    lastGood = Optional.of(clock.instant());
    metrics.poll(result);
  }

  @Override
  public void commandStarted(CommandInfo command) {
    running.put(command.id(), clock.instant());
  }

  @Override
  public void commandFinished(CommandInfo command, CommandOutcome outcome) {
    var started = Optional.ofNullable(running.remove(command.id()));
    String label = outcome instanceof Failed failed ? failed.code().id() : "succeeded";
    String event =
        command.event().builtIn() || command.event().hook() ? command.event().name() : "other";
    metrics.command(event, label, started.map(this::since).orElse(Duration.ZERO));
  }

  @Override
  public void deploymentFinished(DeploymentSpec spec, boolean succeeded) {
    metrics.deployment(succeeded ? "succeeded" : "failed");
    if (succeeded) {
      metrics.lastSuccess(clock.instant());
    }
  }
}
