package io.kodedeploy.namespace;

import io.kodedeploy.core.config.ConfigRefused;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.observe.AgentHealth;
import io.kodedeploy.core.observe.AgentMetrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One namespace of a process that serves many: its host, made again when it is wedged, when its
 * thread has died, when it lost its Lease, and when its settings have changed. Everything of the
 * namespace happens in threads of its own. Of the supervisor's thread, except for {@link #status}.
 */
final class HostSlot {
  private static final Logger log = LoggerFactory.getLogger(HostSlot.class);

  /**
   * A host whose loop has not moved for so long is wedged, as for liveness; the same while it is
   * opened.
   */
  static final Duration WEDGED = Duration.ofMinutes(5);

  /** How long the commands of a wedged host get. */
  private static final Duration LAST_COMMANDS = Duration.ofSeconds(60);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** A host that has worked for so long is not one that cannot start. */
  private static final Duration SETTLED = Duration.ofMinutes(10);

  /** Makes the host of a namespace. */
  @FunctionalInterface
  interface Opener {
    /**
     * Makes it; nothing is sent yet.
     *
     * @param health of this host alone
     * @param lost to be run when another agent has taken the namespace over
     * @throws ConfigRefused when settings or identity are missing or wrong
     */
    CarriedHost open(String namespace, AgentHealth health, AgentMetrics metrics, Runnable lost);
  }

  private final String namespace;
  private final Opener opener;
  private final AgentMetrics all;
  private final String version;
  private final Clock clock;
  private volatile Optional<Life> life = Optional.empty();
  private volatile String problem = "";
  private final AtomicInteger rebuilds = new AtomicInteger();
  private Optional<Thread> closing = Optional.empty();
  private Optional<String> wanted = Optional.empty();
  private String knownIdentity = "";
  private Instant notBefore = Instant.MIN;
  private int failures;

  /** A host from its making to its end. */
  private static final class Life {
    private final String settings;
    private final Instant begun;
    private final AgentHealth health;
    private final AgentMetrics metrics;
    private final FutureTask<Boolean> work;
    private final Thread thread;
    private volatile Optional<CarriedHost> host = Optional.empty();
    private volatile boolean lost;
    private boolean stopped;

    Life(String namespace, String settings, Opener opener, AgentMetrics metrics, Clock clock) {
      this.settings = settings;
      this.begun = clock.instant();
      this.health = new AgentHealth(clock);
      this.metrics = metrics;
      var opening = health.loop("opening", WEDGED);
      this.work =
          new FutureTask<>(
              () -> {
                var opened = opener.open(namespace, health, metrics, () -> lost = true);
                host = Optional.of(opened);
                opening.close();
                opened.run();
                return true;
              });
      this.thread = Thread.ofVirtual().name("host-" + namespace).unstarted(work);
    }

    void stop() {
      if (!stopped && host.isPresent()) {
        stopped = true;
        host.get().stop();
      }
    }
  }

  /**
   * A namespace without a host.
   *
   * @param all the metrics of the process
   */
  HostSlot(String namespace, Opener opener, AgentMetrics all, String version, Clock clock) {
    this.namespace = namespace;
    this.opener = opener;
    this.all = all;
    this.version = version;
    this.clock = clock;
  }

  /**
   * What the list says now.
   *
   * @param settings any text that changes with the settings; empty when the namespace left the list
   * @param identity any text that changes with the identity: a host that works sees to that itself,
   *     one that was refused is tried again
   */
  void want(Optional<String> settings, String identity) {
    if (!settings.equals(wanted) || !identity.equals(knownIdentity)) {
      notBefore = Instant.MIN;
    }
    wanted = settings;
    knownIdentity = identity;
  }

  /** Looks after it; quick. */
  void turn() {
    if (closing.isPresent()) {
      if (closing.get().isAlive()) {
        return;
      }
      closing = Optional.empty();
    }
    if (life.isPresent()) {
      look(life.get());
    } else if (wanted.isPresent() && !clock.instant().isBefore(notBefore)) {
      var metrics = all.ofHost(Map.of("target_namespace", namespace), version);
      var next = new Life(namespace, wanted.get(), opener, metrics, clock);
      life = Optional.of(next);
      next.thread.start();
    }
  }

  /** Whether it is not wanted, and nothing of it is left. */
  boolean left() {
    return wanted.isEmpty() && life.isEmpty() && closing.isEmpty();
  }

  private void look(Life now) {
    if (now.work.isDone()) {
      ended(now);
    } else if (!now.health.live().up()) {
      rebuild(now, "wedged", now.health.live().reasons().toString());
    } else if (now.lost || !wanted.equals(Optional.of(now.settings))) {
      now.stop();
    }
  }

  private void ended(Life now) {
    try {
      now.work.get();
      if (now.lost) {
        rebuild(now, "lost", "another agent has taken the namespace over");
      } else {
        problem = "";
        failures = 0;
        leave(now);
      }
    } catch (ExecutionException e) {
      var cause = e.getCause();
      if (now.host.isEmpty()
          && (cause instanceof ConfigRefused || cause instanceof AgentException)) {
        refused(now, String.valueOf(cause.getMessage()));
      } else {
        log.atError().setCause(cause).addKeyValue("namespace", namespace).log("host died");
        rebuild(now, "died", String.valueOf(cause));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Settings or identity are wrong: looked at again by and by, and at once when they change. */
  private void refused(Life now, String reason) {
    if (!reason.equals(problem)) {
      log.atError()
          .addKeyValue("namespace", namespace)
          .addKeyValue("reason", reason)
          .log("this namespace cannot be served");
    }
    problem = reason;
    later(now);
    leave(now);
  }

  private void rebuild(Life now, String kind, String reason) {
    log.atError()
        .addKeyValue("namespace", namespace)
        .addKeyValue("kind", kind)
        .addKeyValue("reason", reason)
        .log("host is made again");
    problem = kind + ": " + reason;
    rebuilds.incrementAndGet();
    all.hostRebuilt(namespace, kind);
    later(now);
    leave(now);
  }

  private void later(Life now) {
    if (Duration.between(now.begun, clock.instant()).compareTo(SETTLED) > 0) {
      failures = 0;
    }
    var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures++, 6));
    notBefore = clock.instant().plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
  }

  /** The next host waits until this one has let go of its folder. */
  private void leave(Life now) {
    life = Optional.empty();
    closing =
        Optional.of(
            Thread.ofVirtual()
                .name("close-" + namespace)
                .start(
                    () -> {
                      try {
                        if (now.host.isPresent() && !now.work.isDone()) {
                          now.host.get().abandon(LAST_COMMANDS);
                        }
                      } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                      } finally {
                        now.thread.interrupt();
                        now.host.ifPresent(CarriedHost::close);
                        now.metrics.close();
                      }
                    }));
  }

  /** What {@code /status} says of it. Any thread. */
  JsonNode status() {
    var json = JsonMapper.shared();
    var now = life;
    var ready = now.map(one -> one.health.ready());
    var node = json.createObjectNode();
    node.put("ready", ready.isPresent() && ready.get().up());
    if (ready.isPresent() && !ready.get().up()) {
      node.set("reasons", json.valueToTree(ready.get().reasons()));
    }
    node.put("rebuilds", rebuilds.get());
    if (!problem.isEmpty()) {
      node.put("problem", problem);
    }
    var host = now.flatMap(one -> one.host);
    if (host.isEmpty()) {
      node.put("state", problem.isEmpty() ? "starting" : "refused");
    } else {
      host.get().status().properties().forEach(entry -> node.set(entry.getKey(), entry.getValue()));
    }
    return node;
  }
}
