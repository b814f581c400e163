package io.kodedeploy.core.command;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.protocol.CommandService;
import io.kodedeploy.core.protocol.PolledCommand;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for work (host-agent.md section 4.2): one poll at a time, only while a slot is free, again
 * at once after a command was received or has ended, else after {@code wait_between_runs}; after a
 * failure by the back-off table.
 */
final class CommandLoop {
  private static final Logger log = LoggerFactory.getLogger(CommandLoop.class);

  /** Even a service that answers an idle poll at once is not asked more often. */
  private static final Duration SHORTEST = Duration.ofMillis(200);

  private static final Duration BEAT = Duration.ofSeconds(30);

  /** Between two questions whether commands may be taken again. */
  private static final Duration GATE = Duration.ofSeconds(1);

  private final CommandService service;
  private final String hostIdentifier;
  private final CommandPool pool;
  private final Consumer<PolledCommand> dispatcher;
  private final Duration waitBetweenRuns;
  private final Backoff backoff;
  private final InstantSource clock;
  private final HostListener listener;
  private final BooleanSupplier takes;
  private final Semaphore wake;
  private volatile boolean stopping;

  CommandLoop(
      CommandService service,
      String hostIdentifier,
      CommandPool pool,
      Consumer<PolledCommand> dispatcher,
      Duration waitBetweenRuns,
      Backoff backoff,
      InstantSource clock,
      HostListener listener,
      BooleanSupplier takes,
      Semaphore wake) {
    this.service = service;
    this.hostIdentifier = hostIdentifier;
    this.pool = pool;
    this.dispatcher = dispatcher;
    this.waitBetweenRuns = waitBetweenRuns.compareTo(SHORTEST) < 0 ? SHORTEST : waitBetweenRuns;
    this.backoff = backoff;
    this.clock = clock;
    this.listener = listener;
    this.takes = takes;
    this.wake = wake;
  }

  /** Polls until it is stopped. */
  void run() throws InterruptedException {
    while (!stopping) {
      listener.loopTurned();
      if (!pool.awaitSlot(BEAT)) {
        continue;
      }
      if (!takes.getAsBoolean()) {
        pause(GATE, false);
        continue;
      }
      wake.drainPermits(); // what ended before this poll is covered by it
      var begun = clock.instant();
      var result = poll();
      if (stopping) {
        return;
      }
      listener.polled(result);
      switch (result) {
        case PollResult.Received _ -> backoff.succeeded();
        case PollResult.Idle _, PollResult.Dropped _ -> {
          backoff.succeeded();
          pause(waitBetweenRuns, true);
        }
        case PollResult.Failed(var code, var reason) -> {
          var wait = backoff.failed(Duration.between(begun, clock.instant()));
          log.atWarn()
              .addKeyValue("code", code.id())
              .addKeyValue("reason", reason)
              .addKeyValue("waitMs", wait.toMillis())
              .log("poll failed");
          pause(wait.plus(waitBetweenRuns), false);
        }
      }
    }
  }

  /** No new poll; the one under way is given up. Any thread. */
  void stop() {
    stopping = true;
    wake.release();
    service.abortPoll();
  }

  boolean stopping() {
    return stopping;
  }

  private PollResult poll() throws InterruptedException {
    try {
      var command = service.poll();
      return command.isEmpty() ? new PollResult.Idle() : take(command.get());
    } catch (AgentException e) {
      return new PollResult.Failed(e.code(), e.getMessage());
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("poll broke");
      return new PollResult.Failed(ErrorCode.UNEXPECTED, e.toString());
    }
  }

  private PollResult take(PolledCommand command) throws InterruptedException {
    if (!hostIdentifier.contains(command.hostIdentifier())) {
      return new PollResult.Failed(
          ErrorCode.COMMAND_INVALID,
          "Host Identifier mismatch: " + hostIdentifier + " != " + command.hostIdentifier());
    }
    if (command.commandName().isEmpty()) {
      return new PollResult.Failed(ErrorCode.COMMAND_INVALID, "Command Name missing");
    }
    if (stopping) {
      log.atWarn()
          .addKeyValue("command", command.commandName())
          .log("command dropped: the agent is stopping");
      return new PollResult.Dropped("stopping");
    }
    if (!takes.getAsBoolean()) {
      log.atWarn()
          .addKeyValue("command", command.commandName())
          .log("command dropped: this host may not take commands now");
      return new PollResult.Dropped("not the holder");
    }
    if (!pool.start(command.hostCommandIdentifier(), () -> dispatcher.accept(command))) {
      log.atDebug()
          .addKeyValue("command", command.commandName())
          .log("command dropped: it is already running");
      return new PollResult.Dropped("already running");
    }
    return new PollResult.Received(command.commandName());
  }

  /**
   * Waits in short pieces, so that the loop is seen to move; a command that ends may cut it short.
   */
  private void pause(Duration duration, boolean untilWoken) throws InterruptedException {
    var end = clock.instant().plus(duration);
    for (var rest = duration;
        rest.isPositive() && !stopping;
        rest = Duration.between(clock.instant(), end)) {
      listener.loopTurned();
      var piece = rest.compareTo(BEAT) < 0 ? rest : BEAT;
      if (wake.tryAcquire(Math.max(1, piece.toMillis()), TimeUnit.MILLISECONDS) && untilWoken) {
        return;
      }
    }
  }
}
