package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.apply.LiveObjects.Found;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.manifest.ObjectKey;
import io.kodedeploy.namespace.manifest.PlannedObject;
import io.kodedeploy.namespace.manifest.Readiness;
import io.kodedeploy.namespace.manifest.Readiness.Failed;
import io.kodedeploy.namespace.manifest.Readiness.InProgress;
import io.kodedeploy.namespace.manifest.Readiness.Ready;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Waits until objects are ready, and no longer than the outcome is open: it ends when one object
 * cannot become ready any more, and when a newer deployment of the application has come.
 */
final class ReadinessWait {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  /** What the controller of a custom kind gets to say its first word about a new object. */
  private static final Duration CUSTOM_KINDS = Duration.ofSeconds(1);

  private final KubernetesApi api;
  private final LiveObjects live;
  private final Clock clock;
  private final Pause pause;
  private final BooleanSupplier superseded;
  private final ApplyStep.Alive alive;
  private final Consumer<String> waits;
  private final Consumer<String> log;

  /**
   * A wait for objects of one application.
   *
   * @param waits hears at every look what is still waited for
   */
  ReadinessWait(
      KubernetesApi api,
      String application,
      Clock clock,
      Pause pause,
      BooleanSupplier superseded,
      ApplyStep.Alive alive,
      Consumer<String> waits,
      Consumer<String> log) {
    this.api = api;
    this.live = new LiveObjects(api, application);
    this.clock = clock;
    this.pause = pause;
    this.superseded = superseded;
    this.alive = alive;
    this.waits = waits;
    this.log = log;
  }

  /** An object that is not ready, and why. */
  private record Unready(Found found, Readiness readiness) {
    PlannedObject object() {
      return found.object();
    }

    /** Whether it is gone or going, as everything in a namespace that is deleted. */
    boolean vanishes() {
      return found
          .live()
          .map(live -> live.path("metadata").hasNonNull("deletionTimestamp"))
          .orElse(found.problem().isEmpty());
    }

    boolean failed() {
      return readiness instanceof Failed;
    }
  }

  /**
   * Waits.
   *
   * @throws AgentException {@code not-ready} with the reasons of every object that is not, {@code
   *     superseded} when a newer deployment came, and what {@code alive} throws
   */
  void until(Applied applied, Duration limit) throws InterruptedException {
    var begin = clock.instant();
    var deadline = begin.plus(limit);
    var told = new LinkedHashMap<ObjectKey, String>();
    var open = open(applied);
    var next = FIRST_PAUSE;
    if (open.stream().anyMatch(object -> custom(object) && applied.isWritten(object.key()))) {
      pause.of(CUSTOM_KINDS);
    }
    while (true) {
      var unready = look(open, applied, next.equals(LONGEST_PAUSE));
      tell(unready, told);
      if (unready.isEmpty()) {
        log.accept(
            applied.objects().size()
                + " objects are ready after "
                + Duration.between(begin, clock.instant()).toSeconds()
                + " s");
        return;
      }
      waits.accept(lines(unready, List.of()));
      if (unready.stream().anyMatch(Unready::vanishes)) {
        alive.check();
      }
      if (superseded.getAsBoolean()) {
        throw new AgentException(
            ErrorCode.SUPERSEDED,
            "a newer deployment of this application has come; not waited any longer for:\n"
                + lines(unready, List.of()));
      }
      boolean settled = unready.stream().anyMatch(Unready::failed);
      if (settled || !clock.instant().isBefore(deadline)) {
        throw notReady(unready, applied, settled, limit);
      }
      open = unready.stream().map(Unready::object).toList();
      var left = Duration.between(clock.instant(), deadline);
      pause.of(next.compareTo(left) < 0 ? next : left);
      next = next.multipliedBy(3).dividedBy(2);
      next = next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
    }
  }

  /** What is not known to be ready by what was just read or written. */
  private static List<PlannedObject> open(Applied applied) {
    return applied.objects().stream()
        .filter(object -> !Readiness.byExistence(object.key()))
        .filter(
            object -> {
              var seen = applied.seen().get(object.key());
              return seen == null || custom(object) || !(Readiness.of(seen) instanceof Ready);
            })
        .toList();
  }

  private static boolean custom(PlannedObject object) {
    var group = object.key().group();
    return group.contains(".") && !group.endsWith(".k8s.io");
  }

  private List<Unready> look(List<PlannedObject> objects, Applied applied, boolean thoroughly)
      throws InterruptedException {
    var unready = new ArrayList<Unready>();
    for (var found : live.find(objects)) {
      var readiness = readiness(found, applied);
      if (thoroughly && readiness instanceof InProgress && found.live().isPresent()) {
        readiness =
            new PodReasons(api, found.object())
                .deadEnd(found.live().get())
                .<Readiness>map(Failed::new)
                .orElse(readiness);
      }
      if (!(readiness instanceof Ready)) {
        unready.add(new Unready(found, readiness));
      }
    }
    return unready;
  }

  private static Readiness readiness(Found found, Applied applied) {
    if (found.live().isEmpty()) {
      return found.problem().isEmpty()
          ? new Failed("is gone: somebody deleted it")
          : new InProgress(found.problem());
    }
    var readiness = Readiness.of(found.live().get());
    return readiness instanceof Failed(var reason)
            && found.object().key().kind().equals("Deployment")
            && !applied.isWritten(found.object().key())
        ? new InProgress(reason) // failed before; what it lacked may have been written now
        : readiness;
  }

  private void tell(List<Unready> unready, Map<ObjectKey, String> told) {
    for (var object : unready) {
      var reason = object.readiness().reason();
      if (!reason.equals(told.put(object.object().key(), reason))) {
        log.accept("waiting for " + object.object().key() + ": " + reason);
      }
    }
  }

  private AgentException notReady(
      List<Unready> unready, Applied applied, boolean settled, Duration limit)
      throws InterruptedException {
    var reasons = new ArrayList<List<String>>();
    for (var object : unready) {
      reasons.add(
          reasons.size() >= Screen.OBJECTS || object.found().live().isEmpty()
              ? List.of()
              : new PodReasons(api, object.object()).of(object.found().live().get()));
    }
    return new AgentException(
        ErrorCode.NOT_READY,
        unready.size()
            + " of "
            + applied.objects().size()
            + (settled
                ? " objects are not ready and cannot become so:\n"
                : " objects are not ready after " + limit.toSeconds() + " s:\n")
            + lines(unready, reasons));
  }

  private static String lines(List<Unready> unready, List<List<String>> reasons) {
    var screen = new Screen();
    for (var i = 0; i < unready.size(); i++) {
      var object = unready.get(i);
      screen.object(
          object.object().key() + ": " + object.readiness().reason(),
          i < reasons.size() ? reasons.get(i) : List.of());
    }
    return screen.text();
  }
}
