package io.kodedeploy.core.protocol;

import io.kodedeploy.core.json.Json;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Says that a command was taken, and whether it has anything to do; answers the command's status.
 */
record PutHostCommandAcknowledgement(String hostCommandIdentifier, boolean noop)
    implements Wire<Optional<String>> {
  @Override
  public String operation() {
    return "PutHostCommandAcknowledgement";
  }

  @Override
  public ObjectNode body() {
    var body = Json.object().put("HostCommandIdentifier", hostCommandIdentifier);
    body.set("Diagnostics", Wire.envelope("{\"IsCommandNoop\":" + noop + "}"));
    return body;
  }

  @Override
  public Optional<String> read(JsonNode answer) {
    return Wire.text(answer, "CommandStatus");
  }
}
