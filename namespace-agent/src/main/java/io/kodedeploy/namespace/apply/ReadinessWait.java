package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
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
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Waits until objects are ready, and no longer than something can still improve. */
final class ReadinessWait {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final KubernetesApi api;
  private final Clock clock;
  private final Pause pause;
  private final Consumer<String> log;

  ReadinessWait(KubernetesApi api, Clock clock, Pause pause, Consumer<String> log) {
    this.api = api;
    this.clock = clock;
    this.pause = pause;
    this.log = log;
  }

  /** An object that is not ready, and its last state if it could be read. */
  private record Unready(PlannedObject object, Readiness readiness, Optional<JsonNode> live) {
    String reason() {
      return switch (readiness) {
        case Ready() -> "ready";
        case InProgress(var reason) -> reason;
        case Failed(var reason) -> reason;
      };
    }
  }

  /**
   * Waits.
   *
   * @throws AgentException {@code not-ready} with the reasons of every object that is not
   */
  void until(List<PlannedObject> objects, Duration limit) throws InterruptedException {
    var begin = clock.instant();
    var deadline = begin.plus(limit);
    var told = new LinkedHashMap<ObjectKey, String>();
    var open = objects;
    var next = FIRST_PAUSE;
    while (true) {
      var unready = look(open);
      tell(unready, told);
      if (unready.isEmpty()) {
        log.accept(
            objects.size()
                + " objects are ready after "
                + Duration.between(begin, clock.instant()).toSeconds()
                + " s");
        return;
      }
      var hope = unready.stream().anyMatch(object -> object.readiness() instanceof InProgress);
      if (!hope || !clock.instant().isBefore(deadline)) {
        throw notReady(unready, hope, limit);
      }
      open = unready.stream().map(Unready::object).toList();
      var left = Duration.between(clock.instant(), deadline);
      pause.of(next.compareTo(left) < 0 ? next : left);
      next = next.multipliedBy(3).dividedBy(2);
      next = next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
    }
  }

  private List<Unready> look(List<PlannedObject> objects) throws InterruptedException {
    var unready = new ArrayList<Unready>();
    for (var object : objects) {
      var found = look(object);
      if (!(found.readiness() instanceof Ready)) {
        unready.add(found);
      }
    }
    return unready;
  }

  private Unready look(PlannedObject object) throws InterruptedException {
    try {
      var answer = api.get(object.path());
      if (answer.absent()) {
        return new Unready(object, new Failed("is gone: somebody deleted it"), Optional.empty());
      }
      var live = answer.orThrow("read " + object.key());
      return new Unready(object, Readiness.of(live), Optional.of(live));
    } catch (AgentException e) {
      if (!e.code().retryable()) {
        throw e;
      }
      return new Unready(object, new InProgress(e.getMessage()), Optional.empty());
    }
  }

  private void tell(List<Unready> unready, Map<ObjectKey, String> told) {
    for (var object : unready) {
      var reason = object.reason();
      if (!reason.equals(told.put(object.object().key(), reason))) {
        log.accept("waiting for " + object.object().key() + ": " + reason);
      }
    }
  }

  private AgentException notReady(List<Unready> unready, boolean hope, Duration limit)
      throws InterruptedException {
    var lines = new ArrayList<String>();
    for (var object : unready) {
      lines.add(object.object().key() + ": " + object.reason());
      if (object.live().isPresent()) {
        for (var reason : new PodReasons(api, object.object()).of(object.live().get())) {
          lines.add("  " + reason);
        }
      }
    }
    return new AgentException(
        ErrorCode.NOT_READY,
        unready.size()
            + (hope
                ? " objects are not ready after " + limit.toSeconds() + " s:\n"
                : " objects are not ready and cannot become so:\n")
            + String.join("\n", lines));
  }
}
