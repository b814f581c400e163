package io.kodedeploy.core.command;

import io.kodedeploy.core.command.CommandOutcome.Failed;
import io.kodedeploy.core.command.CommandOutcome.Succeeded;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.protocol.CommandService;
import io.kodedeploy.core.protocol.Diagnostics;
import io.kodedeploy.core.protocol.PolledCommand;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one report of each command, noted before it is sent. The client repeats it; when that is in
 * vain there is nobody left to tell, but the next start tries again where notes are durable.
 */
final class CommandReports {
  private static final Logger log = LoggerFactory.getLogger(CommandReports.class);

  private final CommandService service;
  private final CommandNotes notes;

  CommandReports(CommandService service, CommandNotes notes) {
    this.service = service;
    this.notes = notes;
  }

  /** Notes and sends; whether the service took it. */
  boolean send(PolledCommand command, CommandOutcome outcome) {
    var diagnostics =
        switch (outcome) {
          case Succeeded(var note) -> Diagnostics.succeeded(note);
          case Failed(_, var wire, var script, var message, var tail) ->
              new Diagnostics(wire, script, message, tail);
        };
    notes.ended(command, diagnostics);
    return deliver(command, diagnostics);
  }

  /** Sends, and forgets the command when the service took it. */
  void settle(PolledCommand command, CommandOutcome outcome) {
    if (send(command, outcome)) {
      notes.forget(command);
    }
  }

  /** Whether the service took it, or will never take it. */
  boolean deliver(PolledCommand command, Diagnostics diagnostics) {
    try {
      service.complete(command.hostCommandIdentifier(), diagnostics);
      return true;
    } catch (AgentException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("command", command.commandName())
          .addKeyValue("result", diagnostics.code())
          .log("the result of a command could not be reported");
      return e.code() == ErrorCode.SERVICE_REFUSED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      log.atError()
          .addKeyValue("command", command.commandName())
          .log("interrupted before the result of a command was reported");
      return false;
    }
  }
}
