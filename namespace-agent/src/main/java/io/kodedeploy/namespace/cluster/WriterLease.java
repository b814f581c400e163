package io.kodedeploy.namespace.cluster;

import io.kodedeploy.core.error.AgentException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Sees to it that one agent only writes in a namespace: the holder of a Lease. While the API server
 * is away the holder stops to be one when its time has run out, and is one again when it renews
 * before anybody else takes it. Who finds another holder in its place has lost for good. Safe for
 * many threads.
 */
public final class WriterLease implements AutoCloseable {
  /** Name of the Lease in the namespace. */
  public static final String NAME = "kodedeploy-agent";

  private static final Logger log = LoggerFactory.getLogger(WriterLease.class);
  private static final DateTimeFormatter MICRO_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final KubernetesApi api;
  private final String collection;
  private final String namespace;
  private final String identity;
  private final LeaseTimes times;
  private final InstantSource clock;
  private final Runnable lost;
  private final Thread thread = Thread.ofVirtual().name("lease").unstarted(this::run);
  private Optional<LeaseView> view = Optional.empty();
  private boolean released;
  private volatile boolean led;
  private volatile Instant believedUntil = Instant.MIN;
  private volatile String other = "";
  private volatile String problem = "the Lease was not read yet";

  /**
   * The Lease of a namespace; nothing is sent before {@link #start}.
   *
   * @param identity of this agent: the same after a restart of its container, no other's ever
   * @param lost runs once, when another has taken the Lease from this holder: it must end the
   *     process, as the other goes on with its commands
   */
  public WriterLease(
      KubernetesApi api,
      String namespace,
      String identity,
      LeaseTimes times,
      InstantSource clock,
      Runnable lost) {
    this.api = api;
    this.collection = "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases";
    this.namespace = namespace;
    this.identity = identity;
    this.times = times;
    this.clock = clock;
    this.lost = lost;
  }

  /** Takes the Lease as soon as it is free, and keeps it. */
  public void start() {
    thread.start();
  }

  /** Whether this agent may write and take commands now. */
  public boolean holds() {
    return clock.instant().isBefore(believedUntil);
  }

  /** Whether this agent was the holder at any time. */
  public boolean led() {
    return led;
  }

  /** The other holder that this agent waits for; empty when there is none. */
  public String waitsFor() {
    return holds() ? "" : other;
  }

  /** Why this agent is not the holder; empty when it is, or when another one is. */
  public Optional<String> problem() {
    return holds() || !waitsFor().isEmpty() ? Optional.empty() : Optional.of(problem);
  }

  /** Why the last look or renewal failed, though this agent may still be the holder. */
  Optional<String> lastProblem() {
    return Optional.of(problem).filter(text -> !text.isEmpty());
  }

  /**
   * Waits until this agent holds the Lease.
   *
   * @param stopping ends the wait
   * @param beat runs at least once a second
   * @return whether it holds it
   */
  public boolean await(BooleanSupplier stopping, Runnable beat) throws InterruptedException {
    while (!stopping.getAsBoolean()) {
      beat.run();
      synchronized (this) {
        if (holds()) {
          return true;
        }
        wait(Math.min(1000, times.look().toMillis()));
      }
    }
    return false;
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(turn());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** One look and perhaps one write; how long to wait until the next. */
  synchronized Duration turn() throws InterruptedException {
    if (released) {
      return times.renewal();
    }
    try {
      var next = takeOrLook();
      problem = "";
      notifyAll();
      return next;
    } catch (AgentException e) {
      problem = e.code().id() + ": " + e.getMessage() + " - " + e.code().remedy();
      log.atWarn()
          .addKeyValue("code", e.code().id())
          .addKeyValue("reason", e.getMessage())
          .addKeyValue("holds", holds())
          .log("the lease cannot be renewed");
      view = Optional.empty(); // a write may have arrived without its answer
      return times.look();
    }
  }

  private Duration takeOrLook() throws InterruptedException {
    var before = view;
    var sure = before.filter(one -> one.holder().equals(identity)).isPresent();
    var now = sure ? before : read();
    if (now.isPresent() && !now.get().freeFor(identity, clock.instant())) {
      waitFor(now.get());
      return untilFree(now.get());
    }
    var sent = clock.instant();
    var answer =
        now.isPresent()
            ? api.put(collection + "/" + NAME, lease(now, identity, times.duration(), sent))
            : api.post(collection, lease(now, identity, times.duration(), sent));
    if (answer.conflict() || (now.isPresent() && answer.absent())) {
      view = Optional.empty();
      return sure || now.isEmpty() ? Duration.ZERO : times.look();
    }
    if (led && answer.namespaceEnding()) { // nobody can make another one
      took(sent);
      return times.look();
    }
    view = Optional.of(view(answer.orThrow("write Lease " + NAME), sent));
    took(sent);
    return times.renewal();
  }

  private Optional<LeaseView> read() throws InterruptedException {
    var answer = api.get(collection + "/" + NAME);
    var before = view;
    view =
        answer.absent()
            ? Optional.empty()
            : Optional.of(view(answer.orThrow("read Lease " + NAME), clock.instant()))
                .map(now -> before.map(now::after).orElse(now));
    return view;
  }

  private void took(Instant sent) {
    if (!led) {
      log.atInfo().addKeyValue("holder", identity).log("this agent holds the lease");
    }
    led = true;
    other = "";
    believedUntil = sent.plus(times.belief());
  }

  private void waitFor(LeaseView now) {
    if (!other.equals(now.holder())) {
      log.atInfo().addKeyValue("holder", now.holder()).log("another agent holds the lease");
    }
    other = now.holder();
    believedUntil = Instant.MIN;
    if (led) {
      log.atError()
          .addKeyValue("holder", now.holder())
          .log("the lease was lost to another agent, which goes on with the commands");
      lost.run();
    }
  }

  /** The next look, at the latest when the Lease runs out. */
  private Duration untilFree(LeaseView now) {
    var free =
        Duration.between(clock.instant(), now.seen().plus(now.duration()))
            .plus(Duration.ofMillis(50));
    return free.compareTo(times.look()) < 0 && free.isPositive() ? free : times.look();
  }

  private JsonNode lease(
      Optional<LeaseView> before, String holder, Duration duration, Instant now) {
    var lease = JsonNodeFactory.instance.objectNode();
    lease.put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
    var metadata = lease.putObject("metadata").put("name", NAME).put("namespace", namespace);
    metadata.putObject("labels").put("app.kubernetes.io/managed-by", "kodedeploy");
    before.ifPresent(one -> metadata.put("resourceVersion", one.version()));
    boolean renewal = before.filter(one -> one.holder().equals(holder)).isPresent();
    int changes = before.map(LeaseView::transitions).orElse(0);
    var time = MICRO_TIME.format(now);
    lease
        .putObject("spec")
        .put("holderIdentity", holder)
        .put("leaseDurationSeconds", (int) duration.toSeconds())
        .put(
            "acquireTime",
            renewal ? before.map(LeaseView::acquired).filter(t -> !t.isEmpty()).orElse(time) : time)
        .put("renewTime", time)
        .put("leaseTransitions", before.isEmpty() || renewal ? changes : changes + 1);
    return lease;
  }

  private static LeaseView view(JsonNode lease, Instant seen) {
    var spec = lease.path("spec");
    return new LeaseView(
        lease.path("metadata").path("resourceVersion").asString(""),
        spec.path("holderIdentity").asString(""),
        Duration.ofSeconds(spec.path("leaseDurationSeconds").asInt(0)),
        spec.path("leaseTransitions").asInt(0),
        spec.path("acquireTime").asString(""),
        seen);
  }

  private void giveBack(Optional<LeaseView> last) throws InterruptedException {
    for (var now = last; now.filter(one -> one.holder().equals(identity)).isPresent(); ) {
      var free = lease(now, "", Duration.ofSeconds(1), clock.instant());
      if (!api.put(collection + "/" + NAME, free).conflict()) {
        return;
      }
      now = read(); // a renewal was on its way
    }
  }

  /** Gives the Lease back, so that the next agent need not wait. */
  @Override
  public void close() {
    thread.interrupt();
    synchronized (this) {
      released = true;
      if (!holds()) {
        return;
      }
      believedUntil = Instant.MIN;
      try {
        giveBack(view.isPresent() ? view : read());
      } catch (AgentException e) {
        log.atWarn().addKeyValue("reason", e.getMessage()).log("the lease is not given back");
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
