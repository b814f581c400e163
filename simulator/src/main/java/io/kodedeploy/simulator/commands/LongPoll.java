package io.kodedeploy.simulator.commands;

import io.helidon.webserver.CloseConnectionException;
import io.kodedeploy.simulator.codedeploy.HostCommands;
import io.kodedeploy.simulator.codedeploy.HostCommands.Delivery;
import io.kodedeploy.simulator.codedeploy.Hosts;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.ClientConnection;
import java.time.Duration;
import java.util.Optional;

/** Holds a poll until there is a command, at most 30 s of the client's time (2.5: 20 to 45). */
final class LongPoll {
  private static final Duration HOLD = Duration.ofSeconds(30);

  private final HostCommands commands;
  private final Hosts hosts;
  private final SimulatorClock clock;

  LongPoll(HostCommands commands, Hosts hosts, SimulatorClock clock) {
    this.commands = commands;
    this.hosts = hosts;
    this.clock = clock;
  }

  /** What a wait ended with. */
  private sealed interface Outcome {
    record Command(Delivery delivery) implements Outcome {}

    record Disconnected() implements Outcome {}

    /** The host was deregistered while its poll was held. */
    record Unknown() implements Outcome {}
  }

  Optional<Delivery> next(String host, ClientConnection connection) throws InterruptedException {
    var outcome = commands.signal(host).await(hold(), () -> look(host, connection));
    return switch (outcome.orElse(null)) {
      case null -> Optional.empty();
      case Outcome.Command(var delivery) -> Optional.of(delivery);
      case Outcome.Disconnected() ->
          throw new CloseConnectionException("the client of a long poll has gone");
      case Outcome.Unknown() -> throw CommandService.refused("host is not recognized: " + host);
    };
  }

  /** A command that was taken for a client that has gone is put back. */
  private Optional<Outcome> look(String host, ClientConnection connection) {
    if (!hosts.isKnown(host)) {
      return Optional.of(new Outcome.Unknown());
    }
    var taken = commands.take(host);
    if (taken.isPresent() && !connection.isOpen()) {
      commands.giveBack(taken.get().identifier());
      return Optional.of(new Outcome.Disconnected());
    }
    return taken.map(Outcome.Command::new);
  }

  /** Simulated time; a slow clock must not hold a client longer than it waits. */
  private Duration hold() {
    var real = clock.real(HOLD);
    return real.compareTo(HOLD) <= 0
        ? HOLD
        : Duration.ofMillis(HOLD.toMillis() * HOLD.toMillis() / real.toMillis());
  }
}
