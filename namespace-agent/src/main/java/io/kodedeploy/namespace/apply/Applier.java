package io.kodedeploy.namespace.apply;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.namespace.apply.Change.Action;
import io.kodedeploy.namespace.apply.ObjectWriter.Written;
import io.kodedeploy.namespace.cluster.Inventories;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.manifest.ApplyPlan;
import io.kodedeploy.namespace.manifest.ApplyPlan.StagePlan;
import io.kodedeploy.namespace.manifest.ApplyTarget;
import io.kodedeploy.namespace.manifest.ObjectKey;
import io.kodedeploy.namespace.manifest.ObjectMark;
import io.kodedeploy.namespace.manifest.OwnObjects;
import io.kodedeploy.namespace.manifest.PlannedObject;
import io.kodedeploy.namespace.manifest.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Writes the objects of one application, stage by stage. A stage is tried as a whole before
 * anything in it is written, and only what differs is written. Everything is in the inventory
 * before it is written, so an apply that is broken off leaves nothing unknown.
 */
final class Applier {
  private final KubernetesApi api;
  private final Inventories inventories;
  private final ApplyTarget target;
  private final Pause pause;
  private final Consumer<String> log;

  Applier(
      KubernetesApi api,
      Inventories inventories,
      ApplyTarget target,
      Pause pause,
      Consumer<String> log) {
    this.api = api;
    this.inventories = inventories;
    this.target = target;
    this.pause = pause;
    this.log = log;
  }

  /**
   * Writes what differs.
   *
   * @param force take fields over from other managers
   * @param observer hears of every change at once
   * @throws io.kodedeploy.core.error.AgentException {@code apply-conflict} or {@code
   *     apply-refused}; nothing of the stage that has the refused object was written
   */
  Applied apply(ApplyPlan plan, boolean force, Consumer<Change> observer)
      throws InterruptedException {
    var writer = new ObjectWriter(api, target.application(), force, pause);
    var run = new Run(writer, inventories.view(target.application()), observer);
    try {
      for (var stage : plan.stages()) {
        run.stage(stage);
        if (stage.stage() == Stage.DEFINITIONS) {
          new DefinitionsWait(api, pause).until(stage.objects(), plan);
        }
      }
    } catch (AgentException e) {
      run.recordAfter(e, plan);
      throw e;
    }
    run.record(plan);
    var changes = List.copyOf(run.changes);
    var written = changes.stream().filter(change -> change.action() != Action.UNCHANGED).count();
    log.accept(
        written == 0
            ? "nothing to write: all " + changes.size() + " objects are as the bundle wants them"
            : "wrote " + written + " of " + changes.size() + " objects");
    return new Applied(plan.objects(), changes, run.seen);
  }

  /** One apply under way. */
  private final class Run {
    private final ObjectWriter writer;
    private final Inventories.View view;
    private final Consumer<Change> observer;
    private final List<Change> changes = new ArrayList<>();
    private final Map<ObjectKey, JsonNode> seen = new ConcurrentHashMap<>();

    Run(ObjectWriter writer, Inventories.View view, Consumer<Change> observer) {
      this.writer = writer;
      this.view = view;
      this.observer = observer;
    }

    void stage(StagePlan stage) throws InterruptedException {
      var trials = StageTrial.of(stage.objects(), target, view, api, writer);
      refuse(stage.stage(), trials);
      var actions = new HashMap<ObjectKey, Action>();
      var open = new LinkedHashMap<Integer, List<Trial>>();
      for (var trial : trials) {
        if (trial instanceof Trial.Equal(var object, var live)) {
          seen.put(object.key(), live);
        }
        if (trial instanceof Trial.Differs || trial instanceof Trial.Replaced) {
          var rank = stage.stage().rank(trial.object().key());
          open.computeIfAbsent(rank, _ -> new ArrayList<>()).add(trial);
        } else {
          actions.put(trial.object().key(), Action.UNCHANGED);
        }
      }
      if (!open.isEmpty() || !view.own().entries().keySet().containsAll(keys(stage.objects()))) {
        inventories.claim(target.application(), stage.objects());
      }
      for (var rank : open.keySet().stream().sorted(Comparator.naturalOrder()).toList()) {
        ParallelCalls.map(
            open.get(rank),
            trial -> {
              var written = write(trial);
              seen.put(trial.object().key(), written.live());
              return tell(new Change(trial.object().key(), written.action()));
            });
      }
      actions.forEach((key, action) -> tell(new Change(key, action)));
    }

    private Written write(Trial trial) throws InterruptedException {
      return trial instanceof Trial.Replaced(var object, var uid)
          ? writer.replace(object, uid)
          : writer.write(trial.object());
    }

    private synchronized Change tell(Change change) {
      changes.add(change);
      observer.accept(change);
      if (change.action() != Action.UNCHANGED) {
        log.accept(change.toString());
      }
      return change;
    }

    /** As below; the failure stays the one that is reported. */
    void recordAfter(AgentException failure, ApplyPlan plan) throws InterruptedException {
      try {
        record(plan);
      } catch (AgentException e) {
        failure.addSuppressed(e);
      }
    }

    /** Notes by what the objects are known the next time. */
    void record(ApplyPlan plan) throws InterruptedException {
      var manager = OwnObjects.fieldManager(target.application());
      var marks = new HashMap<ObjectKey, ObjectMark>();
      for (var object : plan.objects()) {
        var live = seen.get(object.key());
        if (live != null) {
          marks.put(object.key(), ObjectMark.of(object, live.path("metadata"), manager));
        }
      }
      if (!marks.isEmpty()) {
        inventories.change(target.application(), inventory -> inventory.marked(marks));
      }
    }
  }

  private static void refuse(Stage stage, List<Trial> trials) {
    var refusals = new Refusals();
    for (var trial : trials) {
      switch (trial) {
        case Trial.Foreign(var object, var owner) -> refusals.belongsTo(object, owner);
        case Trial.Refused(var object, var answer) -> refusals.add(object, answer);
        case Trial.Unchanged _, Trial.Equal _, Trial.Differs _, Trial.Replaced _ -> {}
      }
    }
    refusals.throwIfAny(
        "nothing of the stage \"" + stage.name().toLowerCase(Locale.ROOT) + "\" was written:");
  }

  private static List<ObjectKey> keys(List<PlannedObject> objects) {
    return objects.stream().map(PlannedObject::key).toList();
  }
}
