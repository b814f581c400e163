package io.kodedeploy.core.command;

import io.kodedeploy.core.command.CommandOutcome.Failed;
import io.kodedeploy.core.command.CommandOutcome.Succeeded;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.protocol.CommandService;
import io.kodedeploy.core.protocol.DeploymentSpecification;
import io.kodedeploy.core.protocol.PolledCommand;
import io.kodedeploy.core.spec.DeploymentSpec;
import io.kodedeploy.core.spec.DeploymentSpecReader;
import io.kodedeploy.core.store.TrackingFiles;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One command from its specification to its one report (host-agent.md section 4.3). Safe for many
 * threads: commands of one deployment group take turns.
 */
final class CommandDispatcher {
  private static final Logger log = LoggerFactory.getLogger(CommandDispatcher.class);

  private final CommandService service;
  private final Acceptance acceptance;
  private final EventEngine engine;
  private final TrackingFiles tracking;
  private final CommandNotes notes;
  private final Restoration restoration;
  private final CommandReports reports;
  private final GroupOrder order;
  private final RunningCommands running;
  private final DeploymentProgress progress;
  private final HostListener listener;
  private final Recent<DeploymentSpecification.Envelope, DeploymentSpec> specifications =
      new Recent<>(); // the same text for every command of a deployment

  CommandDispatcher(
      CommandService service,
      Acceptance acceptance,
      EventEngine engine,
      TrackingFiles tracking,
      CommandNotes notes,
      Restoration restoration,
      RunningCommands running,
      HostListener listener) {
    this.service = service;
    this.acceptance = acceptance;
    this.engine = engine;
    this.tracking = tracking;
    this.notes = notes;
    this.restoration = restoration;
    this.reports = new CommandReports(service, notes);
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
    carefully(
        command,
        () -> {
          var spec = specification(command);
          listener.deploymentArrived(spec);
          try (var _ = order.enter(spec.deploymentGroupId())) {
            process(command, spec);
          }
        });
  }

  /**
   * Goes on with a command of a dead agent: reports what only had to be reported, else begins again
   * at the step that was interrupted. Never throws, as above.
   */
  void resume(CommandNote note) {
    var command = note.command();
    notes.takeOver(note);
    log.atWarn()
        .addKeyValue("deploymentId", note.deploymentId())
        .addKeyValue("command", command.commandName())
        .addKeyValue("step", note.step().orElse(""))
        .addKeyValue("ended", note.result().isPresent())
        .log("command of an earlier agent goes on");
    if (note.result().isPresent()) {
      if (reports.deliver(command, note.result().get())) {
        tracking.end(note.deploymentId());
        notes.forget(command);
      }
    } else if (note.step().isEmpty()) {
      process(command); // perhaps never acknowledged
    } else {
      carefully(command, () -> goOn(note));
    }
  }

  private void goOn(CommandNote note) throws InterruptedException {
    var command = note.command();
    boolean settled;
    try {
      var spec = specification(command);
      try (var _ = order.enter(spec.deploymentGroupId())) {
        restoration.restore(spec.deploymentGroupId());
        var event = LifecycleEvent.of(command.commandName());
        settled =
            finish(command, new CommandInfo(command.hostCommandIdentifier(), event, spec, false));
      }
    } finally {
      tracking.end(note.deploymentId());
    }
    if (settled) {
      notes.forget(command);
    }
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  /** Whatever breaks is reported. */
  private void carefully(PolledCommand command, Work work) {
    try {
      work.run();
    } catch (AgentException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("command", command.commandName())
          .addKeyValue("code", e.code().id())
          .log("command failed before it was executed");
      reports.settle(command, Failed.of(e));
    } catch (RuntimeException e) {
      log.atError().setCause(e).addKeyValue("command", command.commandName()).log("command broke");
      reports.settle(command, Failed.of(new AgentException(ErrorCode.UNEXPECTED, e.toString(), e)));
    } catch (InterruptedException e) {
      reports.settle(
          command,
          Failed.of(new AgentException(ErrorCode.COMMAND_INTERRUPTED, "the agent is stopping", e)));
      Thread.currentThread().interrupt();
    }
  }

  /** Executes an event for a caller of this process; the service hears nothing. */
  CommandOutcome execute(CommandInfo info) throws InterruptedException {
    try (var _ = order.enter(info.spec().deploymentGroupId())) {
      try {
        acceptance.check(info.spec());
        restoration.restore(info.spec().deploymentGroupId());
        if (engine.noop(info.spec(), info.event())) {
          listener.commandSkipped(info);
          return new Succeeded("");
        }
      } catch (AgentException e) {
        return Failed.of(e);
      }
      try {
        return carryOut(info, StepProgress.UNNOTED);
      } finally {
        listener.commandSettled(info);
      }
    }
  }

  private void process(PolledCommand command, DeploymentSpec spec) throws InterruptedException {
    var event = LifecycleEvent.of(command.commandName());
    var info = new CommandInfo(command.hostCommandIdentifier(), event, spec, false);
    notes.begin(new CommandNote(command, spec.deploymentId(), Optional.empty(), Optional.empty()));
    tracking.begin(spec.deploymentId(), info.id());
    boolean settled;
    try {
      restoration.restore(spec.deploymentGroupId());
      boolean noop = engine.noop(spec, event);
      settled =
          switch (service.acknowledge(info.id(), noop).orElse("")) {
            case "Succeeded" -> skipped(info);
            case "Failed" ->
                !engine.noop(specification(command), event)
                    || (skipped(info)
                        && reports.send(command, new Succeeded("CompletedNoopCommand")));
            default -> finish(command, info);
          };
    } catch (AgentException e) {
      listener.commandFinished(info, Failed.of(e));
      progress.passed(spec, event, false);
      throw e;
    } finally {
      tracking.end(spec.deploymentId());
    }
    if (settled) {
      notes.forget(command);
    }
  }

  private boolean finish(PolledCommand command, CommandInfo info) throws InterruptedException {
    try {
      var outcome = carryOut(info, notes.progress(command));
      boolean settled = reports.send(command, outcome);
      progress.passed(info.spec(), info.event(), outcome.succeeded());
      return settled;
    } finally {
      listener.commandSettled(info);
    }
  }

  private boolean skipped(CommandInfo info) {
    listener.commandSkipped(info);
    progress.passed(info.spec(), info.event(), true);
    return true;
  }

  private CommandOutcome carryOut(CommandInfo info, StepProgress steps)
      throws InterruptedException {
    try (var _ = running.begin(info)) {
      log.atInfo()
          .addKeyValue("deploymentId", info.spec().deploymentId())
          .addKeyValue("event", info.event().name())
          .log("command begins");
      listener.commandStarted(info);
      var outcome = engine.execute(info.spec(), info.event(), steps);
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

  /**
   * Fetches, checks and verifies, and asks whether this host takes it; the order of the checks is
   * that of host-agent.md section 4.3.
   */
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
    var spec =
        specifications.get(envelope, e -> DeploymentSpecReader.readSigned(e.format(), e.payload()));
    acceptance.check(spec);
    return spec;
  }
}
