package io.kodedeploy.simulator.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A clock for tests: time passes only in {@link #advance}. Thread-safe. */
public final class ManualClock implements SimulatorClock {
  private static final Logger log = LoggerFactory.getLogger(ManualClock.class);

  private record Task(Instant due, long number, Runnable work, AtomicBoolean cancelled) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparing(Task::due).thenComparingLong(Task::number));
  private Instant now;
  private long created;

  ManualClock(Instant start) {
    this.now = start;
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    var cancelled = new AtomicBoolean();
    synchronized (this) {
      var due = delay.isNegative() ? now : now.plus(delay);
      tasks.add(new Task(due, created++, task, cancelled));
    }
    return () -> cancelled.set(true);
  }

  @Override
  public Duration real(Duration simulated) {
    return simulated.isZero() ? Duration.ofMillis(1) : simulated;
  }

  /**
   * Lets time pass: runs what falls due, in order and at its own time, on the calling thread. Tasks
   * that those tasks schedule within the span run too.
   */
  public void advance(Duration span) {
    var end = now().plus(span);
    for (var task = nextDue(end); task != null; task = nextDue(end)) {
      try {
        task.work().run();
      } catch (RuntimeException e) {
        log.atError().setCause(e).log("a timer's task broke");
      }
    }
  }

  private synchronized @Nullable Task nextDue(Instant end) {
    while (true) {
      var task = tasks.peek();
      if (task == null || task.due().isAfter(end)) {
        now = now.isAfter(end) ? now : end;
        return null;
      }
      tasks.remove();
      if (!task.cancelled().get()) {
        now = task.due().isAfter(now) ? task.due() : now;
        return task;
      }
    }
  }

  /** Times at which something is due, earliest first. */
  public synchronized List<Instant> due() {
    return tasks.stream().filter(t -> !t.cancelled().get()).map(Task::due).sorted().toList();
  }

  @Override
  public synchronized void close() {
    tasks.clear();
  }
}
