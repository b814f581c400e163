package io.kodedeploy.core.observe;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * What the probes answer. Live: every loop moved within its limit, nothing else, so that no remote
 * peer makes Kubernetes restart a healthy process. Ready: no requirement has a problem. Started:
 * the agent has said so. Safe for many threads.
 */
public final class AgentHealth {
  private final Clock clock;
  private final Map<String, Supplier<Optional<String>>> requirements =
      new ConcurrentSkipListMap<>();
  private final Map<String, Loop> loops = new ConcurrentSkipListMap<>();
  private volatile boolean started;

  /** A health without requirements and not started. */
  public AgentHealth(Clock clock) {
    this.clock = clock;
  }

  /**
   * Readiness asks this from now on; a problem is one sentence for the operator. Replaces one of
   * the same name.
   */
  public void require(String name, Supplier<Optional<String>> problem) {
    requirements.put(name, problem);
  }

  /** A requirement whose state is told, not asked. */
  public void problem(String name, String problem) {
    require(name, () -> Optional.of(problem));
  }

  /** The requirement is met. */
  public void fine(String name) {
    require(name, Optional::empty);
  }

  /**
   * Liveness watches this loop from now on.
   *
   * @param limit longest time between two {@link Loop#beat} of a loop that is well
   */
  public Loop loop(String name, Duration limit) {
    var loop = new Loop(name, limit);
    loops.put(name, loop);
    return loop;
  }

  /** The process is set up. */
  public void markStarted() {
    started = true;
  }

  /** Whether the loops make progress. */
  public Verdict live() {
    var reasons = new TreeMap<String, String>();
    loops.forEach(
        (name, loop) -> {
          var silent = Duration.between(loop.last, clock.instant());
          if (silent.compareTo(loop.limit) > 0) {
            reasons.put(
                name,
                "no progress for "
                    + silent.toSeconds()
                    + " s, limit "
                    + loop.limit.toSeconds()
                    + " s");
          }
        });
    return Verdict.of(reasons);
  }

  /** Whether the agent can do its work now. */
  public Verdict ready() {
    var reasons = new TreeMap<String, String>();
    requirements.forEach(
        (name, problem) -> problem.get().ifPresent(reason -> reasons.put(name, reason)));
    if (requirements.isEmpty()) {
      reasons.put("agent", "starting");
    }
    return Verdict.of(reasons);
  }

  /** Whether the process is set up. */
  public Verdict started() {
    return Verdict.of(started ? Map.of() : Map.of("agent", "starting"));
  }

  /** A loop that tells of its progress. Ends with {@link #close}. */
  public final class Loop implements AutoCloseable {
    private final String name;
    private final Duration limit;
    private volatile Instant last = clock.instant();

    private Loop(String name, Duration limit) {
      this.name = name;
      this.limit = limit;
    }

    /** The loop is moving. */
    public void beat() {
      last = clock.instant();
    }

    /** The loop has ended as it should; liveness forgets it. */
    @Override
    public void close() {
      loops.remove(name, this);
    }
  }
}
