package io.kodedeploy.core.command;

import io.kodedeploy.core.bundle.ObservedETag;
import io.kodedeploy.core.command.CommandOutcome.Failed;
import io.kodedeploy.core.command.CommandOutcome.Succeeded;
import io.kodedeploy.core.command.LifecycleStep.Interruption;
import io.kodedeploy.core.command.LifecycleStep.Order;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.hook.DeploymentsLog;
import io.kodedeploy.core.hook.EventScripts;
import io.kodedeploy.core.hook.ScriptLog;
import io.kodedeploy.core.hook.ScriptResult;
import io.kodedeploy.core.hook.Turn;
import io.kodedeploy.core.protocol.DiagnosticCode;
import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.Script;
import io.kodedeploy.core.store.DeploymentPaths;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one event of a deployment out: steps, then what the agent or the scripts do, then the
 * steps that come after. Knows neither wire nor threads; the caller lets one event of a group work
 * at a time.
 */
final class EventEngine {
  private static final Logger log = LoggerFactory.getLogger(EventEngine.class);

  private final DeploymentPaths paths;
  private final BuiltInEvents builtIn;
  private final EventScripts scripts;
  private final boolean scriptsAllowed;
  private final List<LifecycleStep> steps;
  private final Optional<DeploymentsLog> deploymentsLog;
  private final Clock clock;
  private final Restoration restoration;
  private final AppSpecs appSpecs = new AppSpecs();

  EventEngine(
      DeploymentPaths paths,
      BuiltInEvents builtIn,
      EventScripts scripts,
      boolean scriptsAllowed,
      List<LifecycleStep> steps,
      Optional<DeploymentsLog> deploymentsLog,
      Clock clock,
      Restoration restoration) {
    this.paths = paths;
    this.builtIn = builtIn;
    this.scripts = scripts;
    this.scriptsAllowed = scriptsAllowed;
    this.steps = List.copyOf(steps);
    this.deploymentsLog = deploymentsLog;
    this.clock = clock;
    this.restoration = restoration;
  }

  /**
   * Whether there is nothing to do: the answer of the acknowledgement (host-agent.md section 4.4).
   *
   * @throws AgentException when the AppSpec that would serve is missing or wrong, or a step or
   *     setting refuses it
   */
  boolean noop(DeploymentSpec spec, LifecycleEvent event) throws InterruptedException {
    if (event.builtIn()) {
      return false;
    }
    if (!event.hook()) {
      return true;
    }
    var revision = SelectedRevision.of(event, spec, paths, appSpecs);
    if (!scriptsOf(revision, event).isEmpty()) {
      return false;
    }
    var output = open(spec);
    try {
      var context = context(revision, spec, output);
      for (var step : steps) {
        if (step.hasWork(event, context)) {
          return false;
        }
      }
      return true;
    } finally {
      close(output);
    }
  }

  /**
   * Does it, or the rest of it. A failure is a returned value, because the service must hear of it.
   */
  CommandOutcome execute(DeploymentSpec spec, LifecycleEvent event, StepProgress progress)
      throws InterruptedException {
    if (!event.builtIn() && !event.hook()) {
      return Failed.of(
          new AgentException(
              ErrorCode.COMMAND_UNSUPPORTED, "Unsupported command type: " + event.name() + "."));
    }
    return carryOut(spec, event, progress);
  }

  /** The same for any event, those that only an AppSpec knows included: scripts of that name. */
  CommandOutcome carryOut(DeploymentSpec spec, LifecycleEvent event, StepProgress progress)
      throws InterruptedException {
    var output = open(spec);
    try {
      var outcome = steps(Order.BEFORE_SCRIPTS, spec, event, output, progress);
      if (outcome.succeeded()) {
        outcome = own(spec, event, output, progress);
      }
      if (!(outcome instanceof Succeeded done)) {
        return outcome;
      }
      var after = steps(Order.AFTER_SCRIPTS, spec, event, output, progress);
      if (!after.succeeded()) {
        return after;
      }
      return progress.unmet().<CommandOutcome>map(EventEngine::unknownStep).orElse(done);
    } catch (AgentException e) {
      return Failed.of(e);
    } catch (RuntimeException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("deploymentId", spec.deploymentId())
          .addKeyValue("event", event.name())
          .log("command broke");
      return Failed.of(new AgentException(ErrorCode.UNEXPECTED, e.toString(), e));
    } finally {
      close(output);
    }
  }

  private CommandOutcome own(
      DeploymentSpec spec, LifecycleEvent event, ScriptLog output, StepProgress progress)
      throws InterruptedException {
    if (event.equals(LifecycleEvent.DOWNLOAD_BUNDLE)) {
      return download(spec, event, progress);
    }
    if (event.equals(LifecycleEvent.INSTALL)) {
      if (progress.turn(event.name()) != Turn.SKIP) {
        builtIn.install(spec);
        restoration.installed(spec);
      }
      return new Succeeded("");
    }
    var revision = SelectedRevision.of(event, spec, paths, appSpecs);
    return switch (scripts.run(
        event.name(),
        spec,
        ObservedETag.of(directory(spec)),
        revision.archive(),
        scriptsOf(revision, event),
        output,
        (index, script) -> progress.turn("script " + index + " " + script.location()))) {
      case ScriptResult.Succeeded() -> new Succeeded("");
      case ScriptResult.Failed(var code, var script, var message, var tail) ->
          new Failed(code, DiagnosticCode.of(code), script, message, tail);
    };
  }

  private CommandOutcome download(DeploymentSpec spec, LifecycleEvent event, StepProgress progress)
      throws InterruptedException {
    if (progress.turn(event.name()) == Turn.SKIP) {
      return new Succeeded("BundleSource=downloaded");
    }
    var done = new Succeeded(builtIn.downloadBundle(spec));
    restoration.downloaded(spec);
    SelectedRevision.of(event, spec, paths, appSpecs).appSpec().ifPresent(this::refuseScripts);
    return done;
  }

  private CommandOutcome steps(
      Order order,
      DeploymentSpec spec,
      LifecycleEvent event,
      ScriptLog output,
      StepProgress progress)
      throws InterruptedException {
    var chosen = steps.stream().filter(step -> step.order() == order).toList();
    if (chosen.isEmpty()) {
      return new Succeeded("");
    }
    var context = context(SelectedRevision.of(event, spec, paths, appSpecs), spec, output);
    for (int index = 0; index < chosen.size(); index++) {
      var step = chosen.get(index);
      try {
        if (step.hasWork(event, context)) {
          var turn = progress.turn(order + " " + index + " " + step.name());
          if (turn == Turn.INTERRUPTED && step.interruption() == Interruption.FAIL) {
            return interrupted(step.name(), "step interrupted by an agent restart");
          }
          if (turn != Turn.SKIP) {
            output.event(event.name());
            output.line("Script - " + step.name());
            step.run(event, context);
          }
        }
      } catch (AgentException e) {
        return Failed.ofStep(step.name(), e, output.tail());
      }
    }
    return new Succeeded("");
  }

  private static Failed unknownStep(String step) {
    return interrupted(
        "", "step \"" + step + "\" was interrupted by an agent restart and is not known any more");
  }

  private static Failed interrupted(String step, String message) {
    return new Failed(
        ErrorCode.COMMAND_INTERRUPTED, DiagnosticCode.FAILED_AFTER_RESTART, step, message, "");
  }

  private List<Script> scriptsOf(SelectedRevision revision, LifecycleEvent event) {
    var list = revision.appSpec().map(appSpec -> appSpec.scripts(event.name())).orElse(List.of());
    if (!list.isEmpty() && !scriptsAllowed) {
      throw disabled(event.name());
    }
    return list;
  }

  /** A bundle whose scripts will be refused is refused before anything of it is installed. */
  private void refuseScripts(AppSpec appSpec) {
    String events =
        LifecycleEvent.IN_ORDER.stream()
            .filter(event -> event.hook() && !appSpec.scripts(event.name()).isEmpty())
            .map(LifecycleEvent::name)
            .collect(Collectors.joining(", "));
    if (!scriptsAllowed && !events.isEmpty()) {
      throw disabled(events);
    }
  }

  private static AgentException disabled(String events) {
    return new AgentException(
        ErrorCode.HOOKS_DISABLED,
        "this host runs no hook scripts (hooks: false), but the AppSpec has some for " + events);
  }

  private StepContext context(SelectedRevision revision, DeploymentSpec spec, ScriptLog output) {
    return new StepContext(spec, revision.appSpec(), directory(spec), revision.archive(), output);
  }

  private Path directory(DeploymentSpec spec) {
    return paths.deployment(spec.deploymentGroupId(), spec.deploymentId());
  }

  private ScriptLog open(DeploymentSpec spec) {
    return ScriptLog.of(directory(spec), spec.deploymentId(), deploymentsLog, clock);
  }

  private static void close(ScriptLog output) {
    try {
      output.close();
    } catch (IOException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("file", output.file())
          .log("script log cannot be closed");
    }
  }
}
