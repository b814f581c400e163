package io.kodedeploy.core.protocol;

import io.kodedeploy.core.json.Json;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The final result of a command. */
record PutHostCommandComplete(String hostCommandIdentifier, Diagnostics diagnostics)
    implements Wire<Optional<String>> {
  @Override
  public String operation() {
    return "PutHostCommandComplete";
  }

  @Override
  public ObjectNode body() {
    var body =
        Json.object()
            .put("HostCommandIdentifier", hostCommandIdentifier)
            .put(
                "CommandStatus",
                diagnostics.code() == DiagnosticCode.SUCCESS ? "Succeeded" : "Failed");
    body.set("Diagnostics", Wire.envelope(diagnostics.payload()));
    return body;
  }

  @Override
  public Optional<String> read(JsonNode answer) {
    return Optional.empty();
  }
}
