package io.kodedeploy.core.hook;

import static io.kodedeploy.core.error.ErrorCode.COMMAND_INTERRUPTED;
import static io.kodedeploy.core.error.ErrorCode.SCRIPT_FAILED;
import static io.kodedeploy.core.error.ErrorCode.SCRIPT_MISSING;
import static io.kodedeploy.core.error.ErrorCode.SCRIPT_NOT_EXECUTABLE;
import static io.kodedeploy.core.error.ErrorCode.SCRIPT_OUTPUT_LEFT_OPEN;
import static io.kodedeploy.core.error.ErrorCode.SCRIPT_TIMED_OUT;

import io.kodedeploy.core.config.HookRules;
import io.kodedeploy.core.config.ProcessRules.FolderRule;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the scripts of a lifecycle event one after another. Safe for several threads. */
public final class ScriptRunner implements EventScripts {
  private static final Logger log = LoggerFactory.getLogger(ScriptRunner.class);
  private static final Duration LONGEST_EVENT = Duration.ofHours(1);
  private static final int EXECUTABLE = 0111;

  private final Map<String, String> environment;
  private final HookRules rules;
  private final boolean closedLogs;
  private final PipePool pipes;

  /**
   * A runner whose scripts inherit an environment.
   *
   * @param environment the agent's; credentials in it are not handed on
   * @param rules what else of it is not handed on
   * @param logFolders whether the folder of a script log is closed to other accounts
   * @param pipes folder for the pipes that scripts print into; belongs to agents alone
   */
  public ScriptRunner(
      Map<String, String> environment, HookRules rules, FolderRule logFolders, Path pipes) {
    this.environment = Map.copyOf(environment);
    this.rules = rules;
    this.closedLogs = logFolders != FolderRule.UMASK;
    this.pipes = new PipePool(pipes);
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
    if (scripts.isEmpty()) {
      return new ScriptResult.Succeeded();
    }
    if (closedLogs) {
      output.closeFolder();
    }
    output.event(event);
    var sum = scripts.stream().map(Script::timeout).reduce(Duration.ZERO, Duration::plus);
    if (sum.compareTo(LONGEST_EVENT) > 0) {
      log.atWarn()
          .addKeyValue("event", event)
          .addKeyValue("timeoutSeconds", sum.toSeconds())
          .log("timeouts of the event's scripts exceed the hour that the service waits");
    }
    var variables = ScriptEnvironment.of(environment, rules, event, spec, observedETag);
    return run(variables, archive, scripts, output, turns);
  }

  /**
   * The same for an event that is described by variables already.
   *
   * @param variables the whole environment of the scripts
   */
  public ScriptResult run(
      Map<String, String> variables,
      Path archive,
      List<Script> scripts,
      ScriptLog output,
      ScriptTurns turns) {
    for (int index = 0; index < scripts.size(); index++) {
      var script = scripts.get(index);
      var failure =
          switch (turns.of(index, script)) {
            case RUN -> run(script, archive, variables, output);
            case SKIP -> Optional.<ScriptResult.Failed>empty();
            case INTERRUPTED ->
                failed(
                    COMMAND_INTERRUPTED, script, "script interrupted by an agent restart", output);
          };
      if (failure.isPresent()) {
        return failure.get();
      }
    }
    return new ScriptResult.Succeeded();
  }

  private Optional<ScriptResult.Failed> run(
      Script script, Path archive, Map<String, String> variables, ScriptLog output) {
    var root = archive.toAbsolutePath().normalize();
    var path = root.resolve(script.location().replaceFirst("^/+", "")).normalize();
    var at = "Script at specified location: " + script.location();
    if (!path.startsWith(root) || !Files.exists(path)) {
      var missing = "Script does not exist at specified location: " + path;
      return failed(SCRIPT_MISSING, script, missing, output);
    }
    if (!Files.isExecutable(path)) {
      log.atWarn().log("{} is not executable.  Trying to make it executable.", at);
      try {
        var mode = (Integer) Files.getAttribute(path, "unix:mode");
        Files.setAttribute(path, "unix:mode", mode | EXECUTABLE);
      } catch (IOException e) {
        log.atError().setCause(e).addKeyValue("script", path).log("mode cannot be changed");
        var message =
            "Unable to set script at specified location: " + script.location() + " as executable";
        return failed(SCRIPT_NOT_EXECUTABLE, script, message, output);
      }
    }
    output.line("Script - " + script.location());
    var user = script.runAs().map(name -> " run as user " + name).orElse("");
    ScriptProcess.End end;
    try {
      end =
          ScriptProcess.run(
              ScriptCommand.of(script, path), variables, script.timeout(), output, pipes);
    } catch (IOException e) {
      end = new ScriptProcess.End.NotStarted(e.getClass().getSimpleName(), e.getMessage());
    }
    return switch (end) {
      case ScriptProcess.End.Exited(var status) when status == 0 -> Optional.empty();
      case ScriptProcess.End.Exited(var status) ->
          failed(SCRIPT_FAILED, script, at + user + " failed with exit code " + status, output);
      case ScriptProcess.End.NotStarted(var type, var text) ->
          failed(
              SCRIPT_FAILED,
              script,
              "%s%s failed with error %s with message %s - %s"
                  .formatted(at, user, type, text, path),
              output);
      case ScriptProcess.End.TimedOut() ->
          failed(
              SCRIPT_TIMED_OUT,
              script,
              at + " failed to complete in " + script.timeout().toSeconds() + " seconds",
              output);
      case ScriptProcess.End.OutputLeftOpen(var name, var holders) ->
          failed(
              SCRIPT_OUTPUT_LEFT_OPEN,
              script,
              at
                  + " failed to close "
                  + name
                  + (holders.isEmpty() ? "" : ", held open by " + String.join(", ", holders)),
              output);
      case ScriptProcess.End.Interrupted() ->
          failed(
              COMMAND_INTERRUPTED, script, at + " was ended because the agent is stopping", output);
    };
  }

  private static Optional<ScriptResult.Failed> failed(
      ErrorCode code, Script script, String message, ScriptLog output) {
    return Optional.of(new ScriptResult.Failed(code, script.location(), message, output.tail()));
  }
}
