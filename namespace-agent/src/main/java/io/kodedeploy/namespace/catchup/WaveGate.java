package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.namespace.cluster.ClusterBoard;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this namespace's catch-up back until every namespace of a lower wave in this cluster is
 * done, or has had its time. What agents say of themselves may be forged by a namespace: it changes
 * the order, never what is installed. Used by one thread.
 */
final class WaveGate {
  private static final Logger log = LoggerFactory.getLogger(WaveGate.class);
  private static final int DEFAULT_WAVE = 10;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(3);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

  /** How far a namespace is. */
  private enum Report {
    WORKING,
    PARITY,
    /** Nothing more happens by itself. */
    STUCK
  }

  /**
   * How the gate is kept.
   *
   * @param limit of the wait, after which a lower wave counts as done
   * @param validity how old a report may be
   */
  record Settings(String namespace, Duration limit, Duration validity) {}

  private final Optional<ClusterBoard> board;
  private final Settings settings;
  private final Clock clock;
  private final CallBudget.Sleeper sleeper;
  private String reported = "";
  private Instant reportedAt = Instant.MIN;
  private @Nullable Instant since;

  /**
   * A gate.
   *
   * @param board of the cluster; without one the gate is always open
   */
  WaveGate(
      Optional<ClusterBoard> board, Settings settings, Clock clock, CallBudget.Sleeper sleeper) {
    this.board = board;
    this.settings = settings;
    this.clock = clock;
    this.sleeper = sleeper;
  }

  /**
   * Returns when this namespace may bring something.
   *
   * @param waiting told what is waited for, after each look that did not open
   * @return whether it had to wait, so that what was read before is old
   */
  boolean await(Consumer<String> waiting) throws InterruptedException {
    var waited = false;
    for (var pause = FIRST_PAUSE; ; pause = longer(pause)) {
      var what = closedBy();
      if (what.isEmpty()) {
        since = null;
        return waited;
      }
      var begin = since == null ? clock.instant() : since;
      since = begin;
      if (!clock.instant().isBefore(begin.plus(settings.limit()))) {
        log.atWarn()
            .addKeyValue("reason", what.get())
            .addKeyValue("limit", settings.limit())
            .log("a lower wave is not done in its time, this namespace goes on");
        return waited;
      }
      waited = true;
      waiting.accept(what.get() + "; not longer than until " + begin.plus(settings.limit()));
      sleeper.sleep(pause);
    }
  }

  private static Duration longer(Duration pause) {
    var next = pause.multipliedBy(2);
    return next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
  }

  private Optional<String> closedBy() throws InterruptedException {
    if (board.isEmpty()) {
      return Optional.empty();
    }
    try {
      var waves = board.get().waves();
      var own = waves.getOrDefault(settings.namespace(), DEFAULT_WAVE);
      if (waves.values().stream().noneMatch(wave -> wave < own)) {
        return Optional.empty();
      }
      var reports = board.get().reports();
      var open = new ArrayList<String>();
      waves.forEach(
          (namespace, wave) -> {
            if (wave < own) {
              var problem = problem(reports.getOrDefault(namespace, ""));
              if (!problem.isEmpty()) {
                open.add(namespace + " (wave " + wave + ") " + problem);
              }
            }
          });
      return open.isEmpty()
          ? Optional.empty()
          : Optional.of("waits for " + String.join(", ", open));
    } catch (AgentException e) {
      return Optional.of("cannot read how far the lower waves are: " + e.getMessage());
    }
  }

  /** Why a namespace is not done, by its last report; empty when it is. */
  private String problem(String report) {
    var space = report.indexOf(' ');
    if (space < 0) {
      return "has not reported";
    }
    try {
      var at = Instant.parse(report.substring(space + 1));
      if (report.startsWith(word(Report.WORKING))) {
        return "is at work";
      }
      return at.plus(settings.validity()).isBefore(clock.instant())
          ? "has not reported since " + at
          : "";
    } catch (DateTimeException e) {
      return "has reported nonsense";
    }
  }

  private static String word(Report report) {
    return report.name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Tells the other waves how far this namespace is; at once when that changed. */
  void report(Collection<ApplicationStatus> statuses) throws InterruptedException {
    if (board.isEmpty()) {
      return;
    }
    var report =
        statuses.stream().allMatch(ApplicationStatus::settled)
            ? Report.PARITY
            : statuses.stream()
                    .allMatch(
                        one ->
                            one.settled()
                                || one.state() == ApplicationStatus.State.GONE
                                || one.why().next().needsSomebody())
                ? Report.STUCK
                : Report.WORKING;
    var now = clock.instant();
    if (reported.equals(word(report))
        && now.isBefore(reportedAt.plus(settings.validity().dividedBy(3)))) {
      return;
    }
    try {
      board.get().report(settings.namespace(), word(report) + " " + now);
      reported = word(report);
      reportedAt = now;
    } catch (AgentException e) {
      log.atWarn()
          .addKeyValue("code", e.code().id())
          .addKeyValue("reason", e.getMessage())
          .log("the other waves cannot be told how far this namespace is");
    }
  }
}
