package io.kodedeploy.core.protocol;

import io.kodedeploy.core.json.Json;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks for work; a long poll. */
record PollHostCommand(String hostIdentifier) implements Wire<Optional<PolledCommand>> {
  @Override
  public String operation() {
    return "PollHostCommand";
  }

  @Override
  public ObjectNode body() {
    return Json.object().put("HostIdentifier", hostIdentifier);
  }

  @Override
  public Optional<PolledCommand> read(JsonNode answer) {
    var command = answer.path("HostCommand");
    if (!command.isObject()) {
      return Optional.empty();
    }
    return Optional.of(
        new PolledCommand(
            Wire.text(command, "HostCommandIdentifier").orElse(""),
            Wire.text(command, "HostIdentifier").orElse(""),
            Wire.text(command, "DeploymentExecutionId").orElse(""),
            Wire.text(command, "CommandName").orElse("")));
  }
}
