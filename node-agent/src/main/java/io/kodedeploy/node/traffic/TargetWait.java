package io.kodedeploy.node.traffic;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Waits until targets have drained or become healthy. Polls at the pace of the target group's own
 * health check, with jitter, so that a cluster's nodes do not ask at the same moment.
 */
final class TargetWait {
  private static final Duration SHORTEST = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /**
   * A target to wait for.
   *
   * @param target the node's registration
   * @param group its target group
   * @param ours whether the node registers and deregisters it, or CodeDeploy does
   */
  record Watched(Target target, TargetGroup group, boolean ours) {}

  private final LoadBalancing elb;
  private final TargetStates states;
  private final Optional<Duration> fixedInterval;
  private final InstantSource clock;
  private final Pause pause;
  private final RandomGenerator random;

  TargetWait(
      LoadBalancing elb,
      TargetStates states,
      Optional<Duration> fixedInterval,
      InstantSource clock,
      Pause pause,
      RandomGenerator random) {
    this.elb = elb;
    this.states = states;
    this.fixedInterval = fixedInterval;
    this.clock = clock;
    this.pause = pause;
    this.random = random;
  }

  /**
   * Returns when every target has reached the goal.
   *
   * @throws AgentException {@code TARGET_NOT_DRAINED} or {@code TARGET_NOT_HEALTHY} after the
   *     limit, naming target group, state, reason and what to do
   */
  void until(Goal goal, List<Watched> targets, Duration limit, Consumer<String> progress)
      throws InterruptedException {
    Instant begin = clock.instant();
    var pending = new ArrayList<>(targets);
    var last = new HashMap<Target, TargetHealth>();
    var stuckSince = new HashMap<Target, Instant>();
    while (true) {
      for (var watched : List.copyOf(pending)) {
        var health = elb.health(watched.target());
        Instant now = clock.instant();
        states.saw(watched.target(), health, now);
        if (!health.equals(last.put(watched.target(), health))) {
          progress.accept("target group " + watched.target() + " is " + health);
        }
        var verdict = goal.judge(health);
        if (!(verdict instanceof Goal.Verdict.Stuck)) {
          stuckSince.remove(watched.target());
        }
        switch (verdict) {
          case Goal.Verdict.Reached() -> pending.remove(watched);
          case Goal.Verdict.Waiting() -> {}
          case Goal.Verdict.Repeat() -> repeat(goal, watched);
          case Goal.Verdict.Stuck() -> {
            Instant since = stuckSince.computeIfAbsent(watched.target(), _ -> now);
            if (Duration.between(since, now).compareTo(Goal.PATIENCE) >= 0) {
              throw gaveUp(goal, List.of(watched), last, Duration.between(begin, now));
            }
          }
        }
      }
      if (pending.isEmpty()) {
        return;
      }
      Duration elapsed = Duration.between(begin, clock.instant());
      if (elapsed.compareTo(limit) >= 0) {
        throw gaveUp(goal, pending, last, elapsed);
      }
      pause.sleep(min(jittered(interval(pending)), limit.minus(elapsed)));
    }
  }

  private void repeat(Goal goal, Watched watched) throws InterruptedException {
    if (!watched.ours()) {
      return;
    }
    switch (goal) {
      case DRAINED -> elb.deregister(watched.target());
      case HEALTHY -> elb.register(watched.target());
    }
  }

  private Duration interval(List<Watched> pending) {
    return fixedInterval.orElseGet(
        () ->
            pending.stream()
                .map(w -> min(max(w.group().interval(), SHORTEST), LONGEST))
                .reduce(LONGEST, TargetWait::min));
  }

  private Duration jittered(Duration interval) {
    return Duration.ofMillis((long) (interval.toMillis() * (0.9 + 0.2 * random.nextDouble())));
  }

  private static AgentException gaveUp(
      Goal goal, List<Watched> targets, Map<Target, TargetHealth> last, Duration elapsed) {
    var words = new ArrayList<String>();
    for (var watched : targets) {
      var health = last.get(watched.target());
      words.add(
          "target group "
              + watched.target().group()
              + ": this node's port "
              + watched.target().port()
              + " is "
              + health
              + " after "
              + elapsed.toSeconds()
              + " s, expected "
              + (goal == Goal.DRAINED ? "unused" : "healthy")
              + "; "
              + goal.advice(health, watched.group(), watched.target().port()));
    }
    return new AgentException(
        goal == Goal.DRAINED ? ErrorCode.TARGET_NOT_DRAINED : ErrorCode.TARGET_NOT_HEALTHY,
        String.join("; ", words));
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
