package io.kodedeploy.namespace.catchup;

import io.kodedeploy.core.error.AgentException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When rounds are made: at start, after a regained connection, every interval with jitter, and
 * sooner while something is still missing. Also saves the record between rounds.
 */
final class CatchUpLoop {
  private static final Logger log = LoggerFactory.getLogger(CatchUpLoop.class);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(5);
  private static final double JITTER = 0.1;

  /** Makes one round. */
  @FunctionalInterface
  interface Round {
    RoundResult run() throws InterruptedException;
  }

  /**
   * What a round came to.
   *
   * @param parity whether every application is what it should be
   * @param brought whether the round had to bring one here
   */
  record RoundResult(boolean parity, boolean brought) {
    static final RoundResult UNKNOWN = new RoundResult(false, false);
  }

  /** What the loop tells. */
  interface Listener {
    /** Parity was reached, that long after the loop began to look for it. */
    void parity(Duration elapsed);

    /** The last round's problem, empty when it had none. */
    void problem(String reason);
  }

  private enum Reason {
    NOTHING,
    CONNECTED,
    CHANGED
  }

  /** Saves the record. */
  @FunctionalInterface
  interface Save {
    void run() throws InterruptedException;
  }

  private final Round round;
  private final Save save;
  private final Duration interval;
  private final Listener listener;
  private final LongSupplier nanoTime;
  private final DoubleSupplier random;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition signal = lock.newCondition();
  private Reason asked = Reason.NOTHING;
  private boolean saveAsked;
  private boolean stopped;

  CatchUpLoop(
      Round round,
      Save save,
      Duration interval,
      Listener listener,
      LongSupplier nanoTime,
      DoubleSupplier random) {
    this.round = round;
    this.save = save;
    this.interval = interval;
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.random = random;
  }

  /** Makes rounds until it is stopped or interrupted. */
  void run() throws InterruptedException {
    @Nullable Long begin = nanoTime.getAsLong();
    var retry = FIRST_RETRY;
    while (!isStopped()) {
      var roundBegin = nanoTime.getAsLong();
      var result = oneRound();
      var done = result.parity();
      if (begin == null && result.brought()) {
        begin = roundBegin;
      }
      if (done) {
        if (begin != null) {
          listener.parity(Duration.ofNanos(nanoTime.getAsLong() - begin));
          begin = null;
        }
        retry = FIRST_RETRY;
      }
      var pause = done ? jittered(interval) : jittered(retry);
      if (!done) {
        retry = shorter(retry.multipliedBy(2), interval);
      }
      switch (await(pause)) {
        case CONNECTED -> {
          begin = nanoTime.getAsLong();
          retry = FIRST_RETRY;
        }
        case CHANGED -> retry = FIRST_RETRY;
        case NOTHING -> {}
      }
    }
  }

  private RoundResult oneRound() throws InterruptedException {
    try {
      var result = round.run();
      listener.problem("");
      return result;
    } catch (AgentException e) {
      log.atWarn()
          .addKeyValue("code", e.code().id())
          .addKeyValue("reason", e.getMessage())
          .log("catch-up cannot look, it tries again");
      listener.problem(e.getMessage() + " " + e.code().remedy());
      return RoundResult.UNKNOWN;
    }
  }

  /** Waits, saving the record when it changes; returns why it ended before the time was over. */
  private Reason await(Duration pause) throws InterruptedException {
    var left = pause.toNanos();
    while (true) {
      boolean saveNow;
      lock.lockInterruptibly();
      try {
        while (!stopped && asked == Reason.NOTHING && !saveAsked && left > 0) {
          left = signal.awaitNanos(left);
        }
        if (stopped || asked != Reason.NOTHING) {
          var reason = asked;
          asked = Reason.NOTHING;
          return reason;
        }
        saveNow = saveAsked;
        saveAsked = false;
      } finally {
        lock.unlock();
      }
      if (!saveNow) {
        return Reason.NOTHING;
      }
      try {
        save.run();
      } catch (AgentException e) {
        log.atWarn()
            .addKeyValue("code", e.code().id())
            .addKeyValue("reason", e.getMessage())
            .log("record cannot be saved now");
        left = Math.min(left, TimeUnit.SECONDS.toNanos(30)); // the next round saves it
      }
    }
  }

  /** A round now, because the connection is back. */
  void connected() {
    change(() -> asked = Reason.CONNECTED);
  }

  /** A round now, because the service deployed something. */
  void deployed() {
    change(() -> asked = asked == Reason.CONNECTED ? asked : Reason.CHANGED);
  }

  /** The record has changed. */
  void askToSave() {
    change(() -> saveAsked = true);
  }

  /** Ends {@link #run} after the round that is under way. */
  void stop() {
    change(() -> stopped = true);
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      signal.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  private Duration jittered(Duration duration) {
    var factor = 1 - JITTER + 2 * JITTER * random.getAsDouble();
    return Duration.ofNanos((long) (duration.toNanos() * factor));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
