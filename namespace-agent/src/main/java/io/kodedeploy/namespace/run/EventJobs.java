package io.kodedeploy.namespace.run;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.hook.EventScripts;
import io.kodedeploy.core.hook.ScriptEnvironment;
import io.kodedeploy.core.hook.ScriptLog;
import io.kodedeploy.core.hook.ScriptResult;
import io.kodedeploy.core.hook.ScriptTurns;
import io.kodedeploy.core.hook.Turn;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.Script;
import io.kodedeploy.namespace.run.JobEnd.Failed;
import io.kodedeploy.namespace.run.JobRequest.Mount;
import io.kodedeploy.namespace.run.JobRequest.Purpose;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * {@code hooks: job}: one Job per event installs the bundle's files into folders of its own and
 * runs all scripts of the event in their order, in the agent's image, as the apply account and with
 * nothing of the agent's. A restarted agent goes on with the Job that is there. Safe for many
 * threads.
 */
final class EventJobs implements EventScripts {
  /** Beyond what the scripts may take: pod, download and installation. */
  private static final Duration START = Duration.ofMinutes(5);

  /** Here the files of the revision are not installed yet. */
  private static final String BEFORE_INSTALL = "BeforeInstall";

  private final RunSettings settings;
  private final JobRunner runner;

  EventJobs(RunSettings settings, JobRunner runner) {
    this.settings = settings;
    this.runner = runner;
  }

  @Override
  public ScriptResult run(
      String event,
      DeploymentSpec spec,
      Optional<String> observedETag,
      Path archive,
      List<Script> scripts,
      ScriptLog output,
      ScriptTurns turns) {
    // All of them are one step: a Job that was begun is gone on with, not begun again.
    if (scripts.isEmpty() || turns.of(0, scripts.getFirst()) == Turn.SKIP) {
      return new ScriptResult.Succeeded();
    }
    output.event(event);
    var failure = new AtomicReference<Optional<ScriptResult.Failed>>(Optional.empty());
    try {
      var end =
          runner.run(
              request(event, spec, observedETag, archive, scripts),
              line -> EventJobLine.read(line, output).map(Optional::of).ifPresent(failure::set),
              line -> output.line("[hooks: job] " + line));
      return end instanceof Failed failed
          ? failed(failure.get(), failed, scripts, output)
          : new ScriptResult.Succeeded();
    } catch (AgentException e) {
      return new ScriptResult.Failed(e.code(), location(scripts), e.getMessage(), output.tail());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new ScriptResult.Failed(
          ErrorCode.COMMAND_INTERRUPTED,
          location(scripts),
          "the Job of " + event + " was ended because the agent is stopping",
          output.tail());
    }
  }

  private static ScriptResult failed(
      Optional<ScriptResult.Failed> told, Failed end, List<Script> scripts, ScriptLog output) {
    return told.filter(_ -> end.code() == ErrorCode.RUN_FAILED)
        .map(
            one ->
                new ScriptResult.Failed(
                    one.code(),
                    one.script().isEmpty() ? location(scripts) : one.script(),
                    one.message(),
                    output.tail()))
        .orElseGet(
            () ->
                new ScriptResult.Failed(
                    end.code(),
                    location(scripts),
                    "Job of the event's scripts: " + end.message(),
                    output.tail()));
  }

  private static String location(List<Script> scripts) {
    return scripts.getFirst().location();
  }

  private JobRequest request(
      String event,
      DeploymentSpec spec,
      Optional<String> observedETag,
      Path archive,
      List<Script> scripts) {
    var root = archive.toAbsolutePath().normalize();
    var time = scripts.stream().map(Script::timeout).reduce(START, Duration::plus);
    var command =
        List.of(
            "kodedeploy-hooks",
            event,
            root.toString(),
            spec.appSpecFilename(),
            spec.fileExistsBehavior().name(),
            event.equals(BEFORE_INSTALL) ? "leave" : "install");
    return new JobRequest(
        JobRequest.stepName(spec.deploymentId(), event, "scripts"),
        Purpose.SCRIPTS,
        spec.deploymentId(),
        event,
        Workload.of(settings.image().orElse(""), command, List.of())
            .in(
                Optional.of(root.toString()),
                ScriptEnvironment.describing(event, spec, observedETag)),
        time,
        List.of(root),
        List.of(new Mount(0, "", root.toString(), false)),
        settings.installPaths());
  }
}
