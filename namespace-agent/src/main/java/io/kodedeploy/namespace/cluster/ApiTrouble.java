package io.kodedeploy.namespace.cluster;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which calls to an API server get no answer, or are put off, and since when: what whoever waits
 * for them waits for. A call is in trouble until the same call succeeds; one that nobody repeats is
 * forgotten. Safe for many threads.
 */
public final class ApiTrouble {
  /** Longer than the longest pause between two attempts, and the limit of a call. */
  private static final Duration FORGOTTEN = Duration.ofMinutes(2);

  private final InstantSource clock;
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  /**
   * What is waited for.
   *
   * @param reason the call and the last answer
   * @param since the first failure
   */
  public record Wait(String reason, Instant since) {}

  private record Entry(String reason, Instant since, Instant last, boolean silent) {}

  ApiTrouble(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * A call failed.
   *
   * @param call method and path
   * @param silent whether there was no answer at all
   */
  void failed(String call, String reason, boolean silent) {
    var now = clock.instant();
    entries.merge(
        call,
        new Entry(reason, now, now, silent),
        (before, next) -> new Entry(reason, before.since(), now, silent));
  }

  /** A call was answered: it is out of trouble, and the server is there for all others. */
  void answered(String call) {
    if (!entries.isEmpty()) {
      entries.remove(call);
      entries.values().removeIf(Entry::silent);
    }
  }

  /**
   * The oldest trouble that touches a namespace.
   *
   * @param namespace calls about other namespaces are left out
   */
  public Optional<Wait> of(String namespace) {
    var now = clock.instant();
    entries.values().removeIf(entry -> entry.last().plus(FORGOTTEN).isBefore(now));
    return entries.entrySet().stream()
        .filter(
            entry ->
                !entry.getKey().contains("/namespaces/")
                    || (entry.getKey() + "/").contains("/namespaces/" + namespace + "/"))
        .map(entry -> new Wait(entry.getValue().reason(), entry.getValue().since()))
        .min(Comparator.comparing(Wait::since));
  }
}
