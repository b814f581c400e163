package io.kodedeploy.core.command;

import io.kodedeploy.core.json.Json;
import io.kodedeploy.core.protocol.DiagnosticCode;
import io.kodedeploy.core.protocol.Diagnostics;
import io.kodedeploy.core.protocol.PolledCommand;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A command that is being carried out, as it is noted.
 *
 * @param command as the service handed it out
 * @param deploymentId for people who read the note
 * @param step the step that was begun last; empty before the first one
 * @param result what is to be reported; empty while it is being worked on
 */
record CommandNote(
    PolledCommand command,
    String deploymentId,
    Optional<String> step,
    Optional<Diagnostics> result) {
  CommandNote begun(String next) {
    return new CommandNote(command, deploymentId, Optional.of(next), Optional.empty());
  }

  CommandNote ended(Diagnostics diagnostics) {
    return new CommandNote(command, deploymentId, step, Optional.of(diagnostics));
  }

  String text() {
    var json = Json.object();
    json.put("id", command.hostCommandIdentifier());
    json.put("host", command.hostIdentifier());
    json.put("execution", command.deploymentExecutionId());
    json.put("command", command.commandName());
    json.put("deployment", deploymentId);
    step.ifPresent(name -> json.put("step", name));
    result.ifPresent(
        diagnostics ->
            json.putObject("result")
                .put("code", diagnostics.code().name())
                .put("script", diagnostics.scriptName())
                .put("message", diagnostics.message())
                .put("log", diagnostics.log()));
    return Json.write(json);
  }

  /** The note in a text; empty when it is none, because a newer version wrote it. */
  static Optional<CommandNote> parse(String text) {
    try {
      var json = Json.read(text);
      var command =
          new PolledCommand(
              json.path("id").asString(""),
              json.path("host").asString(""),
              json.path("execution").asString(""),
              json.path("command").asString(""));
      if (command.hostCommandIdentifier().isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          new CommandNote(
              command,
              json.path("deployment").asString(""),
              Optional.of(json.path("step").asString("")).filter(s -> !s.isEmpty()),
              diagnostics(json.path("result"))));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static Optional<Diagnostics> diagnostics(JsonNode json) {
    return Arrays.stream(DiagnosticCode.values())
        .filter(code -> code.name().equals(json.path("code").asString("")))
        .findFirst()
        .map(
            code ->
                new Diagnostics(
                    code,
                    json.path("script").asString(""),
                    json.path("message").asString(""),
                    json.path("log").asString("")));
  }
}
