package io.kodedeploy.simulator.wire;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Trouble that tests and people ask for. Thread-safe. */
public final class Faults implements Resettable {

  /** What goes wrong. */
  public enum Kind {
    /** Refused: too many calls. */
    THROTTLE,
    /** HTTP 500, not carried out. */
    ERROR,
    /** Carried out after a wait of simulated time. */
    LATENCY,
    /** Carried out, then the connection is closed without an answer. */
    LOST_REPLY,
    /** Refused as signed with expired credentials. */
    EXPIRED_CREDENTIALS
  }

  /**
   * An order for trouble.
   *
   * @param service name of the service; empty: any
   * @param operation empty: any
   * @param count how often it strikes before it is used up
   * @param probability that it strikes a matching call, 0 to 1
   * @param seed makes the sequence of probabilities repeatable
   * @param perSecond matching calls a simulated second (and in one burst) that are spared; 0: none
   * @param caller whose calls it strikes: an access key's id, a principal's ARN or the last part of
   *     it, which is a user's name or a session's; empty: anyone's
   */
  public record Fault(
      String service,
      String operation,
      Kind kind,
      int count,
      double probability,
      long seed,
      Duration latency,
      double perSecond,
      String caller) {

    /** Checks the bounds. */
    public Fault {
      if (count < 1
          || !(probability > 0 && probability <= 1)
          || latency.isNegative()
          || !(perSecond >= 0)) {
        throw new IllegalArgumentException(
            "a fault needs count >= 1, 0 < probability <= 1, latencyMillis >= 0 and"
                + " perSecond >= 0");
      }
    }

    /** One that strikes every call of anyone to any service. */
    public static Fault always(Kind kind) {
      return new Fault("", "", kind, Integer.MAX_VALUE, 1, 1, Duration.ZERO, 0, "");
    }

    /** A copy that strikes one service only. */
    public Fault of(String value) {
      return new Fault(
          value, operation, kind, count, probability, seed, latency, perSecond, caller);
    }

    /** A copy that strikes one caller only. */
    public Fault by(String value) {
      return new Fault(
          service, operation, kind, count, probability, seed, latency, perSecond, value);
    }

    /** A copy with a latency. */
    public Fault lasting(Duration value) {
      return new Fault(
          service, operation, kind, count, probability, seed, value, perSecond, caller);
    }

    boolean concerns(Call call) {
      return (service.isEmpty() || service.equals(call.service()))
          && (operation.isEmpty() || operation.equals(call.operation()))
          && (caller.isEmpty() || call.callers().contains(caller));
    }
  }

  /**
   * A call that may be struck.
   *
   * @param callers every name of whoever makes it
   */
  record Call(String service, String operation, Set<String> callers) {
    /** A call that was signed with a key. */
    static Call signed(String service, String operation, String accessKeyId, Caller caller) {
      return new Call(service, operation, Set.of(accessKeyId, caller.arn(), caller.name()));
    }
  }

  /** A fault and how often it has struck. */
  public record Active(Fault fault, int struck) {}

  private static final class Entry {
    final Fault fault;
    final Random random;
    int struck;
    double spared;
    Instant at;

    Entry(Fault fault, Instant now) {
      this.fault = fault;
      this.random = new Random(fault.seed());
      this.spared = fault.perSecond();
      this.at = now;
    }

    /** Whether the rate still allows the call. */
    boolean spares(Instant now) {
      double seconds = Duration.between(at, now).toNanos() / 1e9;
      at = now;
      spared = Math.min(Math.max(1, fault.perSecond()), spared + seconds * fault.perSecond());
      if (fault.perSecond() == 0 || spared < 1) {
        return false;
      }
      spared--;
      return true;
    }
  }

  private final InstantSource clock;
  private final List<Entry> entries = new ArrayList<>();

  /** None yet; rates are of this clock. */
  public Faults(InstantSource clock) {
    this.clock = clock;
  }

  /** Adds an order; orders are asked in the sequence they came, each call is struck once. */
  public synchronized void add(Fault fault) {
    entries.add(new Entry(fault, clock.instant()));
  }

  /** The orders, used up ones included. */
  public synchronized List<Active> list() {
    return entries.stream().map(e -> new Active(e.fault, e.struck)).toList();
  }

  synchronized Optional<Fault> strike(Call call) {
    for (var entry : entries) {
      if (entry.struck < entry.fault.count()
          && entry.fault.concerns(call)
          && !entry.spares(clock.instant())
          && entry.random.nextDouble() < entry.fault.probability()) {
        entry.struck++;
        return Optional.of(entry.fault);
      }
    }
    return Optional.empty();
  }

  @Override
  public synchronized void reset() {
    entries.clear();
  }
}
