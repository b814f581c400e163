package io.kodedeploy.core.command;

import io.kodedeploy.core.command.CommandOutcome.Failed;
import io.kodedeploy.core.command.CommandOutcome.Succeeded;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.protocol.CommandService;
import io.kodedeploy.core.protocol.Diagnostics;
import io.kodedeploy.core.protocol.PolledCommand;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.DeploymentSpecReader;
import io.kodedeploy.core.store.TrackingFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One command from its specification to its one report (host-agent.md section 4.3). Safe for many
 * threads: commands of one deployment group take turns.
 */
final class CommandDispatcher {
  private static final Logger log = LoggerFactory.getLogger(CommandDispatcher.class);

  private final CommandService service;
  private final EventEngine engine;
  private final TrackingFiles tracking;
  private final GroupOrder order;
  private final RunningCommands running;
  private final DeploymentProgress progress;
  private final HostListener listener;

  CommandDispatcher(
      CommandService service,
      EventEngine engine,
      TrackingFiles tracking,
      RunningCommands running,
      HostListener listener) {
    this.service = service;
    this.engine = engine;
    this.tracking = tracking;
    this.order = new GroupOrder();
    this.running = running;
    this.progress = new DeploymentProgress(listener);
    this.listener = listener;
  }

  /**
   * Carries out what the service handed out. Never throws: what goes wrong is reported or, at last,
   * logged.
   */
  void process(PolledCommand command) {
    try {
      var spec = specification(command);
      try (var _ = order.enter(spec.deploymentGroupId())) {
        process(command, spec, LifecycleEvent.of(command.commandName()));
      }
    } catch (AgentException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("command", command.commandName())
          .addKeyValue("code", e.code().id())
          .log("command failed before it was acknowledged");
      report(command, Failed.of(e));
    } catch (RuntimeException e) {
      log.atError().setCause(e).addKeyValue("command", command.commandName()).log("command broke");
      report(command, Failed.of(new AgentException(ErrorCode.UNEXPECTED, e.toString(), e)));
    } catch (InterruptedException e) {
      report(
          command,
          Failed.of(new AgentException(ErrorCode.COMMAND_INTERRUPTED, "the agent is stopping", e)));
      Thread.currentThread().interrupt();
    }
  }

  /** Executes an event for a caller of this process; the service hears nothing. */
  CommandOutcome execute(CommandInfo info) throws InterruptedException {
    try (var _ = order.enter(info.spec().deploymentGroupId())) {
      try {
        if (engine.noop(info.spec(), info.event())) {
          listener.commandSkipped(info);
          return new Succeeded("");
        }
      } catch (AgentException e) {
        return Failed.of(e);
      }
      return carryOut(info);
    }
  }

  private void process(PolledCommand command, DeploymentSpec spec, LifecycleEvent event)
      throws InterruptedException {
    var info = new CommandInfo(command.hostCommandIdentifier(), event, spec, false);
    tracking.begin(spec.deploymentId(), info.id());
    try {
      boolean noop = engine.noop(spec, event);
      String status = service.acknowledge(info.id(), noop).orElse("");
      switch (status) {
        case "Succeeded" -> skipped(info);
        case "Failed" -> {
          if (engine.noop(specification(command), event)) {
            skipped(info);
            report(command, new Succeeded("CompletedNoopCommand"));
          }
        }
        default -> {
          var outcome = carryOut(info);
          report(command, outcome);
          progress.passed(spec, event, outcome.succeeded());
        }
      }
    } catch (AgentException e) {
      listener.commandFinished(info, Failed.of(e));
      progress.passed(spec, event, false);
      throw e;
    } finally {
      tracking.end(spec.deploymentId());
    }
  }

  private void skipped(CommandInfo info) {
    listener.commandSkipped(info);
    progress.passed(info.spec(), info.event(), true);
  }

  private CommandOutcome carryOut(CommandInfo info) throws InterruptedException {
    try (var _ = running.begin(info)) {
      log.atInfo()
          .addKeyValue("deploymentId", info.spec().deploymentId())
          .addKeyValue("event", info.event().name())
          .log("command begins");
      listener.commandStarted(info);
      var outcome = engine.execute(info.spec(), info.event());
      listener.commandFinished(info, outcome);
      log(info, outcome);
      return outcome;
    }
  }

  private static void log(CommandInfo info, CommandOutcome outcome) {
    var entry = outcome.succeeded() ? log.atInfo() : log.atError();
    if (outcome instanceof Failed failed) {
      entry =
          entry
              .addKeyValue("code", failed.code().id())
              .addKeyValue("script", failed.scriptName())
              .addKeyValue("reason", failed.message());
    }
    entry
        .addKeyValue("deploymentId", info.spec().deploymentId())
        .addKeyValue("event", info.event().name())
        .log("command ended");
  }

  /** Fetches, checks and verifies; the order of the checks is that of host-agent.md section 4.3. */
  private DeploymentSpec specification(PolledCommand command) throws InterruptedException {
    var answer = service.specification(command.deploymentExecutionId());
    if (!answer.deploymentSystem().equals("CodeDeploy")) {
      throw new AgentException(
          ErrorCode.COMMAND_INVALID,
          "Deployment System mismatch: CodeDeploy != " + answer.deploymentSystem());
    }
    if (!answer.present()) {
      throw new AgentException(ErrorCode.COMMAND_INVALID, "Deployment Specification missing");
    }
    var envelope =
        answer
            .envelope()
            .orElseThrow(
                () ->
                    new AgentException(
                        ErrorCode.COMMAND_INVALID, "Provided deployment spec was nil"));
    return DeploymentSpecReader.readSigned(envelope.format(), envelope.payload());
  }

  /**
   * The one report of a command. It is repeated by the client; when that is in vain there is nobody
   * left to tell.
   */
  private void report(PolledCommand command, CommandOutcome outcome) {
    var diagnostics =
        switch (outcome) {
          case Succeeded(var note) -> Diagnostics.succeeded(note);
          case Failed(_, var wire, var script, var message, var tail) ->
              new Diagnostics(wire, script, message, tail);
        };
    try {
      service.complete(command.hostCommandIdentifier(), diagnostics);
    } catch (AgentException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("command", command.commandName())
          .addKeyValue("succeeded", outcome.succeeded())
          .log("the result of a command could not be reported");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      log.atError()
          .addKeyValue("command", command.commandName())
          .log("interrupted before the result of a command was reported");
    }
  }
}
