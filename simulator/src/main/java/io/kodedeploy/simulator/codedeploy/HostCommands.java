package io.kodedeploy.simulator.codedeploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kodedeploy.simulator.time.Signal;
import io.kodedeploy.simulator.time.SimulatorClock;
import io.kodedeploy.simulator.wire.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The commands that hosts fetch: between the scheduler and the command service. A command is handed
 * out again while nobody has acknowledged it, and never afterwards. Thread-safe: every method takes
 * the lock of {@link State}.
 */
public final class HostCommands {
  private static final Duration REDELIVERY = Duration.ofSeconds(5);

  /** How far a command is. */
  public enum Status {
    /** Not acknowledged. */
    PENDING("Pending"),
    /** The host works on it. */
    IN_PROGRESS("InProgress"),
    /** Ended well. */
    SUCCEEDED("Succeeded"),
    /** Ended badly, timed out or taken back. */
    FAILED("Failed");

    private final String wire;

    Status(String wire) {
      this.wire = wire;
    }

    /** As the protocol names it. */
    public String wire() {
      return wire;
    }
  }

  /** A command on its way to a host. */
  public record Delivery(
      String identifier,
      String host,
      String deploymentId,
      String region,
      String event,
      long nonce) {}

  /** Hears how commands go; called under the lock. */
  interface Listener {
    void acknowledged(Target target);

    void completed(Target target, boolean succeeded, Diagnostics diagnostics);
  }

  private static final class Command {
    final Delivery delivery;
    final Target target;
    Status status = Status.PENDING;
    @Nullable Instant deliveredAt;

    Command(Delivery delivery, Target target) {
      this.delivery = delivery;
      this.target = target;
    }
  }

  private final State state;
  private final SimulatorClock clock;
  private final Map<String, Signal> signals = new ConcurrentHashMap<>();
  private final Duration redelivery;
  private final Map<String, Command> commands = new HashMap<>();

  /** Those that have not ended, oldest first. */
  private final Map<String, Command> open = new LinkedHashMap<>();

  private Listener listener = new Unconnected();
  private long nonce;

  HostCommands(State state) {
    this.state = state;
    this.clock = state.clock;
    this.redelivery = redelivery(clock);
  }

  /** Five seconds of the host's time: on a fast clock they are many simulated ones. */
  private static Duration redelivery(SimulatorClock clock) {
    var millis = REDELIVERY.toMillis();
    var factor = Math.max(1.0, (double) millis / clock.real(REDELIVERY).toMillis());
    return Duration.ofMillis(Math.min((long) (millis * factor), 150_000));
  }

  void connect(Listener scheduler) {
    this.listener = scheduler;
  }

  /** Announced whenever this host might find something new. */
  public Signal signal(String host) {
    return signals.computeIfAbsent(host, _ -> clock.signal());
  }

  void issue(Target target, String event) {
    var deployment = target.deployment;
    var position = 1;
    for (var e : target.events) {
      if (e.name.equals(event)) {
        break;
      }
      position++;
    }
    var identifier = identifier(deployment, target, event, position);
    var delivery =
        new Delivery(
            identifier,
            target.member.host(),
            deployment.id,
            deployment.order.region(),
            event,
            ++nonce);
    var command = new Command(delivery, target);
    commands.put(identifier, command);
    open.put(identifier, command);
    signal(delivery.host()).changed();
  }

  private static String identifier(
      Deployment deployment, Target target, String event, int position) {
    var host =
        Json.object()
            .put("deploymentId", deployment.id)
            .put("hostId", target.member.host())
            .put("commandName", event)
            .put("commandPosition", position)
            .put("commandAttempt", 1);
    var json = Json.array().add("HostCommandIdentifier").add(host);
    return Base64.getEncoder().encodeToString(Json.write(json));
  }

  /** Hands the host its oldest command that nobody has acknowledged, if it is due. */
  public Optional<Delivery> take(String host) {
    synchronized (state) {
      var now = clock.now();
      for (var command : open.values()) {
        if (command.delivery.host().equals(host) && command.status == Status.PENDING) {
          var last = command.deliveredAt;
          if (last == null || !now.isBefore(last.plus(redelivery))) {
            command.deliveredAt = now;
            clock.schedule(redelivery, signal(host)::changed);
            return Optional.of(command.delivery);
          }
        }
      }
      return Optional.empty();
    }
  }

  /** Takes a delivery back that did not leave the house. */
  public void giveBack(String identifier) {
    synchronized (state) {
      var command = commands.get(identifier);
      if (command != null) {
        command.deliveredAt = null;
        signal(command.delivery.host()).changed();
      }
    }
  }

  /** The host that a command was made for; empty for an identifier that was never issued. */
  public Optional<String> hostOf(String identifier) {
    synchronized (state) {
      return Optional.ofNullable(commands.get(identifier)).map(c -> c.delivery.host());
    }
  }

  /**
   * The host says that it has the command; a no-op is thereby done.
   *
   * @return what the host is to believe; {@code FAILED} for a command that was taken back
   */
  public Status acknowledge(String identifier, boolean noop) {
    synchronized (state) {
      var command = require(identifier);
      if (command.status == Status.PENDING) {
        command.status = noop ? Status.SUCCEEDED : Status.IN_PROGRESS;
        if (noop) {
          open.remove(identifier);
          listener.completed(command.target, true, Diagnostics.SUCCESS);
        } else {
          listener.acknowledged(command.target);
        }
      }
      return command.status;
    }
  }

  /** The host's result; the first one counts, acknowledged or not. */
  public void complete(String identifier, boolean succeeded, Diagnostics diagnostics) {
    synchronized (state) {
      var command = require(identifier);
      if (command.status == Status.PENDING || command.status == Status.IN_PROGRESS) {
        command.status = succeeded ? Status.SUCCEEDED : Status.FAILED;
        open.remove(identifier);
        listener.completed(command.target, succeeded, diagnostics);
      }
    }
  }

  /** How far the command is. */
  public Status status(String identifier) {
    synchronized (state) {
      return require(identifier).status;
    }
  }

  private Command require(String identifier) {
    var command = commands.get(identifier);
    if (command == null) {
      throw new IllegalArgumentException("never issued: " + abbreviated(identifier));
    }
    return command;
  }

  private static String abbreviated(String identifier) {
    var bytes = identifier.getBytes(UTF_8);
    return bytes.length <= 40 ? identifier : identifier.substring(0, 40) + "...";
  }

  /** Whether the target has a command that its host has acknowledged and not ended. */
  boolean isExecuting(Target target) {
    return open.values().stream()
        .anyMatch(c -> c.target == target && c.status == Status.IN_PROGRESS);
  }

  /** Takes back what the target's host has not ended: later reports change nothing. */
  void withdraw(Target target) {
    open.values()
        .removeIf(
            command -> {
              if (command.target != target) {
                return false;
              }
              command.status = Status.FAILED;
              return true;
            });
  }

  void clear() {
    commands.clear();
    open.clear();
    signals.values().forEach(Signal::changed);
  }

  /** Before the scheduler is connected there is no command and nothing to hear. */
  private static final class Unconnected implements Listener {
    @Override
    public void acknowledged(Target target) {
      throw new IllegalStateException("no scheduler");
    }

    @Override
    public void completed(Target target, boolean succeeded, Diagnostics diagnostics) {
      throw new IllegalStateException("no scheduler");
    }
  }
}
